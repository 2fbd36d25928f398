import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Btcd, createBtcd } from "./btcd.ts";
import { createLndNode, type LndNode } from "./lnd-node.ts";
import { freePorts } from "./ports.ts";
import type { Guard } from "./program.ts";
import type { Tools } from "./tools.ts";
import { type NodeName, nodeNames } from "./topology.ts";

export interface Parts {
  readonly btcd: Btcd;
  readonly nodes: Readonly<Record<NodeName, LndNode>>;
  readonly all: readonly LndNode[];
}

/** A btcd and the nodes in a folder, not started; passwords are made once and lie beside. */
export async function createParts(options: {
  readonly tools: Tools;
  readonly folder: string;
  readonly guard: Guard;
  /** The first of fourteen ports, or any free ones. */
  readonly firstPort?: number;
}): Promise<Parts> {
  const { tools, folder, guard, firstPort } = options;
  const count = 2 + 3 * nodeNames.length;
  const ports =
    firstPort === undefined
      ? await freePorts(count)
      : Array.from({ length: count }, (_, k) => firstPort + k);
  const btcdFolder = join(folder, "btcd");
  const btcd = createBtcd({
    binary: tools.btcd,
    folder: btcdFolder,
    rpcPort: ports.pop() ?? 0,
    innerPort: ports.pop() ?? 0,
    password: password(join(btcdFolder, "rpc-password")),
    guard,
  });
  const all = nodeNames.map((name, k) => {
    const [grpc = 0, rest = 0, peer = 0] = ports.slice(3 * k, 3 * k + 3);
    const own = join(folder, name);
    password(join(own, "wallet-password"));
    const places = { name, folder: own, ports: { grpc, rest, peer } };
    return createLndNode({ ...places, binary: tools.lnd, btcd, guard });
  });
  const find = (name: NodeName): LndNode => {
    const node = all[nodeNames.indexOf(name)];
    if (node === undefined) throw new Error(`regtest: no node ${name}`);
    return node;
  };
  return {
    btcd,
    all,
    nodes: {
      office: find("office"),
      home: find("home"),
      robot: find("robot"),
      bank: find("bank"),
    },
  };
}

function password(file: string): string {
  if (!existsSync(file)) {
    mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(16).toString("hex"), { mode: 0o600 });
  }
  return readFileSync(file, "utf8");
}
