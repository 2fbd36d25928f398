import type { SerialRefusal } from "./serial-machine.ts";
import { type SerialDeviceListener, type SerialPorts, SerialRefused } from "./serial-ports.ts";

/** Serial devices in memory, for tests: they come, go, are locked, and hang. */
export interface FakeSerialPorts extends SerialPorts {
  plug(path: string): void;
  /** Takes a device away, under whoever has it open. */
  unplug(path: string): void;
  refuse(path: string, reason: SerialRefusal | null): void;
  /** While true, nothing that is opened or released is answered. */
  hang(on: boolean): void;
  say(path: string, bytes: Uint8Array): void;
  readonly written: { path: string; bytes: Uint8Array }[];
  /** Paths that are open now. */
  openPaths(): string[];
}

export function createFakeSerialPorts(): FakeSerialPorts {
  const plugged = new Set<string>();
  const refusals = new Map<string, SerialRefusal>();
  const opened = new Map<string, SerialDeviceListener>();
  const written: { path: string; bytes: Uint8Array }[] = [];
  let gate: PromiseWithResolvers<void> | null = null;
  return {
    written,
    plug: (path) => void plugged.add(path),
    unplug(path) {
      plugged.delete(path);
      const listener = opened.get(path);
      opened.delete(path);
      listener?.lost();
    },
    refuse(path, reason) {
      if (reason === null) refusals.delete(path);
      else refusals.set(path, reason);
    },
    hang(on) {
      if (on) gate ??= Promise.withResolvers<void>();
      else gate?.resolve();
      if (!on) gate = null;
    },
    say: (path, bytes) => opened.get(path)?.bytes(bytes),
    openPaths: () => [...opened.keys()],
    find: async () => [...plugged].sort(),
    async open(path, _baud, listener) {
      await gate?.promise;
      const refusal = refusals.get(path) ?? (opened.has(path) ? "locked" : null);
      if (refusal !== null) throw new SerialRefused(refusal);
      if (!plugged.has(path)) throw new SerialRefused("absent");
      opened.set(path, listener);
      return {
        waiting: () => 0,
        write: (bytes) => void written.push({ path, bytes }),
        async release() {
          await gate?.promise;
          opened.delete(path);
        },
      };
    },
  };
}
