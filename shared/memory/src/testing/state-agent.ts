import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { createRandom } from "@timmy/shared/ports/random";
import { openAgentStore } from "../agent-store.ts";
import { createSeededPorts } from "../seeded-ports.ts";
import { type ExportOptions, exportState } from "../state/export-state.ts";

/** A clock whose every reading is a millisecond later. */
export function createTicking(startMs = 1_700_000_000_000) {
  let nowMs = startMs;
  return { wallMs: () => nowMs++ };
}

export function openTestStore(seed: number, path = ":memory:") {
  const ports = createSeededPorts(createTicking(), createRandom(seed));
  return { store: openAgentStore(path, ports, { name: "Robbie", node: "sim" }), ports };
}

/** A few of everything. */
export function teach(store: AgentStore, memories: number, blobs = 2, blobBytes = 200): void {
  store.setCoreBlock("owner", "Anna, who likes tea", "owner");
  store.setCoreBlock("日本語", "surrogates sort last 😀", "world");
  store.setPreference("units", "metric");
  for (let i = 0; i < memories; i++) {
    if (i % 2 === 0) store.remember(`key ${i}`, `value "${i}" \u0001 é 😀`, "owner");
    else {
      const tags = ["walk", `n${i}`];
      store.note({
        content: `saw ${i}\n`,
        importance: (i % 10) / 10,
        tags,
        from: "world",
        who: "cam",
      });
    }
  }
  for (let i = 0; i < blobs; i++) {
    store.putBlob(Uint8Array.from({ length: blobBytes + i }, (_, k) => (k * 31 + i * 7) & 255));
  }
  store.effects.append("perceived", { text: "hello" });
}

export async function exportBytes(
  store: AgentStore,
  options: Partial<ExportOptions> = {},
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const sink = { write: async (bytes: Uint8Array) => void pieces.push(Uint8Array.from(bytes)) };
  const all = { mode: "snapshot", exporter: "timmy 0.1.0", workFactor: 4, ...options } as const;
  await exportState(store, sink, all, { clock: createTicking() });
  return Buffer.concat(pieces);
}
