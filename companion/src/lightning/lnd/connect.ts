import { lndMethods } from "@timmy/protos/lnd";
import type { GetInfoResponse } from "@timmy/protos/messages";
import { type ErrorCode, errorTable, TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import { type PinnedCertificate, probeCertificate } from "./certificate.ts";
import { type ConnectionRecord, writeConnection } from "./connection-record.ts";
import { codeOfFault, errorOfFault } from "./faults.ts";
import { callTimeoutMs, maxMacaroonBytes, probeTimeoutMs } from "./limits.ts";
import { writeVault } from "./macaroon-vault.ts";
import { isNewEnough, judgeWallet, networkOf } from "./node-status.ts";
import { bakedRights, type RightName, rootKeyId } from "./rights.ts";
import { createTransport, type Transport } from "./transport.ts";
import { checkKey, type ScryptCost, type VaultKey } from "./vault.ts";

export interface NodeProbe extends PinnedCertificate {
  /** A node with this certificate answers at the address; no macaroon is needed for that. */
  readonly reachable: boolean;
  /** Why it is not reached or not active; null when it is. */
  readonly code: ErrorCode | null;
  readonly sentence: string;
}

/** Reads the certificate and asks whoever has it for his state. Throws `bad-certificate`, `usage`. */
export async function probeNode(
  ports: { readonly clock: Clock },
  request: { readonly address: string; readonly certPem: string; readonly signal?: AbortSignal },
): Promise<NodeProbe> {
  const certificate = probeCertificate(request.certPem);
  const transport = createTransport(ports, { address: request.address, certificate });
  try {
    const result = await transport.unary({
      method: lndMethods.getState,
      request: {},
      macaroon: "",
      timeoutMs: probeTimeoutMs,
      signal: request.signal,
    });
    if (!result.ok) {
      const code = codeOfFault(result.fault);
      const { sentence, remedy } = errorTable[code];
      return { ...certificate, reachable: false, code, sentence: `${sentence} ${remedy}` };
    }
    const code = judgeWallet(result.value.state)?.code ?? null;
    const sentence = code === null ? "The node answers." : errorTable[code].sentence;
    return { ...certificate, reachable: true, code, sentence };
  } finally {
    transport.close();
  }
}

export interface ConnectRequest {
  readonly address: string;
  readonly certPem: string;
  /** Used for this one call and kept nowhere. */
  readonly adminMacaroonHex: string;
  readonly key: VaultKey;
  /** The data folder. */
  readonly folder: string;
  readonly scryptCost?: ScryptCost;
  /** For baking anew: the node must still be this one. */
  readonly expectedPubkey?: string;
  readonly signal?: AbortSignal;
}

const macaroonPattern = /^([0-9a-f]{2})+$/;

/** Admin macaroons come as hex here; LND's file holds the bytes. Throws `bad-macaroon`. */
function checkMacaroon(text: string): string {
  const hex = text.trim().toLowerCase();
  if (!macaroonPattern.test(hex) || hex.length > 2 * maxMacaroonBytes || hex.length < 60) {
    throw new TimmyError("bad-macaroon");
  }
  return hex;
}

async function identify(
  transport: Transport,
  macaroon: string,
  signal: AbortSignal | undefined,
): Promise<GetInfoResponse> {
  const timeoutMs = callTimeoutMs;
  const open = { request: {}, timeoutMs, signal };
  const state = await transport.unary({ ...open, method: lndMethods.getState, macaroon: "" });
  if (!state.ok) throw errorOfFault(state.fault, "getState");
  const waiting = judgeWallet(state.value.state);
  if (waiting?.code) throw new TimmyError(waiting.code, waiting.details);
  const info = await transport.unary({ ...open, method: lndMethods.getInfo, macaroon });
  if (!info.ok) throw errorOfFault(info.fault, "getInfo");
  if (!isNewEnough(info.value.version)) {
    throw new TimmyError("lnd-too-old", `It is ${info.value.version.slice(0, 60)}.`);
  }
  return info.value;
}

async function bakeOne(
  transport: Transport,
  admin: string,
  name: RightName,
  signal: AbortSignal | undefined,
): Promise<string> {
  const methods = bakedRights.find((rights) => rights.name === name)?.methods ?? [];
  const result = await transport.unary({
    method: lndMethods.bakeMacaroon,
    request: {
      permissions: methods.map((path) => ({ entity: "uri", action: path })),
      root_key_id: rootKeyId.toString(),
    },
    macaroon: admin,
    timeoutMs: callTimeoutMs,
    signal,
  });
  if (!result.ok) throw errorOfFault(result.fault, "bakeMacaroon");
  return checkMacaroon(result.value.macaroon);
}

/**
 * Connects a node: recognises it, bakes the three macaroons, encrypts them, writes the record.
 * The admin macaroon is not kept. Throws `bad-macaroon`, `bad-certificate`, `lnd-*`,
 * `macaroon-refused`, `wrong-network`, and what the vault throws.
 */
export async function connectNode(
  ports: { readonly clock: Clock },
  request: ConnectRequest,
): Promise<ConnectionRecord> {
  const { address, folder, key, signal, scryptCost } = request;
  checkKey(key);
  const admin = checkMacaroon(request.adminMacaroonHex);
  const certificate = probeCertificate(request.certPem);
  const transport = createTransport(ports, { address, certificate });
  try {
    const info = await identify(transport, admin, signal);
    const { identity_pubkey: pubkey, alias, version } = info;
    if (request.expectedPubkey !== undefined && request.expectedPubkey !== pubkey) {
      throw new TimmyError("lnd-identity", `It is ${pubkey}.`);
    }
    const network = networkOf(info);
    if (network === null) {
      throw new TimmyError("wrong-network", `The node is on ${info.chains[0]?.network}.`);
    }
    const macaroons = {
      earn: await bakeOne(transport, admin, "earn", signal),
      spend: await bakeOne(transport, admin, "spend", signal),
      sweep: await bakeOne(transport, admin, "sweep", signal),
    };
    const record: ConnectionRecord = {
      ...{ address, pubkey, network, alias, version },
      certPem: certificate.pem,
      fingerprint: certificate.fingerprint,
      rights: bakedRights,
      connectedMs: ports.clock.wallMs(),
    };
    // The vault first: a record without its vault would be a node that cannot be opened.
    await writeVault(folder, pubkey, macaroons, key, scryptCost);
    writeConnection(folder, record);
    return record;
  } finally {
    transport.close();
  }
}
