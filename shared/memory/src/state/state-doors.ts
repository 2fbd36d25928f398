import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type {
  ExportMode,
  ExportReceipt,
  StateSecret,
  StateTarget,
} from "@timmy/shared/agent/state-transfer";
import type { CallOptions, Capability } from "@timmy/shared/agent/tim-agent";
import { TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import type { PolicyRule } from "@timmy/shared/state/policy-rules";
import type { StateRefusal } from "@timmy/shared/state/refusal";
import { exportState } from "./export-state.ts";
import { type Imported, importState } from "./import-state.ts";
import { moveToFile } from "./move-to-file.ts";
import { openStateFile, sourceOfBytes, writeWhole } from "./state-file.ts";

type Options = CallOptions & { readonly mode: ExportMode };

export interface ExportDoor {
  readonly store: AgentStore;
  readonly clock: Pick<Clock, "wallMs">;
  /** Program and version. */
  readonly exporter: string;
  readonly capabilities: readonly Capability[];
  /** Of this machine: what never goes into a file. */
  readonly secrets?: readonly (string | Uint8Array)[];
  /** Moves over the broker; without it only files are written. */
  readonly toNode?: (node: string, options: Options) => Promise<ExportReceipt>;
}

/** The way out of a body: an agent's `exportState`. Throws the codes of the state file. */
export function createExportDoor(ports: ExportDoor) {
  const { store, clock, exporter, toNode } = ports;
  return async (target: StateTarget, options: Options): Promise<ExportReceipt> => {
    if (target.to === "node") {
      if (toNode === undefined) throw new TimmyError("no-capability", "There is no way to a node.");
      return toNode(target.node, options);
    }
    const { mode } = options;
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
    const common = {
      exporter,
      signal,
      requires: ports.capabilities.filter((one) => one.available).map(({ name }) => name),
      secrets: ports.secrets ?? [],
      ...(target.secret === undefined ? {} : { secret: target.secret }),
    };
    if (mode === "move") return moveToFile(store, target.path, { ...common, to: "" }, { clock });
    return writeWhole(target.path, (sink) =>
      exportState(store, sink, { ...common, mode }, { clock }),
    );
  };
}

/** A state that an agent is made from. */
export type StateOrigin =
  | { readonly path: string; readonly secret?: StateSecret }
  | { readonly bytes: Uint8Array; readonly secret?: StateSecret };

export interface ImportDoor {
  /** A blank store, in which the agent will live. */
  readonly store: AgentStore;
  readonly clock: Pick<Clock, "wallMs">;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly node: string;
  readonly capabilities: readonly Capability[];
  /** The limits of this body; of two for the same thing the stricter holds. */
  readonly policy?: readonly PolicyRule[];
}

export type Arrived<A> =
  | { readonly ok: true; readonly agent: A; readonly imported: Extract<Imported, { ok: true }> }
  | StateRefusal;

/** The way into a body: takes the state into the store, and only then makes the agent. */
export async function arriveFrom<A>(
  from: StateOrigin,
  door: ImportDoor,
  make: () => A,
): Promise<Arrived<A>> {
  const source =
    "path" in from ? openStateFile(from.path, from.secret) : sourceOfBytes(from.bytes, from.secret);
  const { store, node, capabilities, policy = [] } = door;
  const wish = { as: "same", replace: false, node, capabilities, policy } as const;
  const imported = await importState(source, store, wish, door);
  return imported.ok ? { ok: true, agent: make(), imported } : imported;
}
