import { pbkdf2Sync } from "node:crypto";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { BrokerAddress } from "./broker-host.ts";
import { maxBrokerClients, maxPacketBytes } from "./limits.ts";

/** Who may connect: a robot and a companion speak for one node, an observer only listens. */
export interface BrokerUser {
  readonly name: string;
  readonly password: string;
  readonly role: "robot" | "companion" | "observer";
  /** The node that a robot or a companion is. */
  readonly node: string;
}

function rules({ role, node }: BrokerUser): readonly string[] {
  const topics = topicsOf(node);
  const own = ["status", "info", "map", "state/+", "telemetry/+", "event/+", "reply/+", "log/+"];
  const speaks = own.map((kind) => `write timmy/v1/${node}/${kind}`);
  if (role === "observer") return ["read timmy/v1/#"];
  if (role === "robot") {
    return [
      ...speaks,
      `write timmy/v1/${node}/camera/front/jpeg`,
      `read ${topics.allCommands}`,
      `read ${topics.allReplies}`,
      "read timmy/v1/+/status",
      "write timmy/v1/+/cmd/decide",
    ];
  }
  return [...speaks, "read timmy/v1/#", "write timmy/v1/+/cmd/+", "write timmy/v1/+/reply/+"];
}

/** Mosquitto's access list: what is not written here is denied. */
export function mosquittoAcl(users: readonly BrokerUser[]): string {
  return users
    .map((user) => [`user ${user.name}`, ...rules(user).map((rule) => `topic ${rule}`)].join("\n"))
    .join("\n\n")
    .concat("\n");
}

/** Mosquitto's password file: PBKDF2 with SHA-512, as `mosquitto_passwd` 2 writes it. */
export function mosquittoPasswords(
  users: readonly Pick<BrokerUser, "name" | "password">[],
  makeSalt: () => Uint8Array,
): string {
  const iterations = 101;
  return users
    .map(({ name, password }) => {
      const salt = Buffer.from(makeSalt());
      const hash = pbkdf2Sync(password, salt, iterations, 64, "sha512");
      return `${name}:$7$${iterations}$${salt.toString("base64")}$${hash.toString("base64")}\n`;
    })
    .join("");
}

/** A configuration without persistence: what is retained is published again by who knows it. */
export function mosquittoConfig(
  address: BrokerAddress,
  files: { readonly acl: string; readonly passwords: string },
): string {
  return [
    "per_listener_settings false",
    `listener ${address.port} ${address.host}`,
    "allow_anonymous false",
    `password_file ${files.passwords}`,
    `acl_file ${files.acl}`,
    `max_packet_size ${maxPacketBytes}`,
    `max_connections ${maxBrokerClients}`,
    "max_queued_messages 1000",
    "max_keepalive 120",
    "persistence false",
    "sys_interval 0",
    "log_dest stderr",
    "log_type error",
    "log_type warning",
    "",
  ].join("\n");
}
