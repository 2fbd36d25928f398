import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSerialTransport } from "@timmy/firmware-bridge/serial";
import { createSocketTransport } from "@timmy/firmware-bridge/socket";
import type { Transport } from "@timmy/firmware-bridge/transport";
import { createFrameHost, type HilWire } from "./frame-host.ts";
import type { HilHost } from "./hil-host.ts";
import { startRtd } from "./rtd-process.ts";

/** Milliseconds without an answer after which a core counts as gone. */
const silentMs = 10_000;

/** A transport as a wire: what comes is kept until it is read. */
export async function createTransportWire(
  name: string,
  transport: Transport,
  end: () => Promise<void>,
): Promise<HilWire> {
  const held: Uint8Array[] = [];
  let reader: { give: (bytes: Uint8Array) => void; fail: (error: Error) => void } | null = null;
  let closed = false;
  const opened = Promise.withResolvers<void>();
  const lost = () => {
    closed = true;
    opened.reject(new Error(`${name} could not be opened`));
    reader?.fail(new Error(`${name} was closed`));
  };
  transport.listen({
    opened: opened.resolve,
    closed: lost,
    bytes(bytes) {
      if (reader === null) held.push(bytes);
      else reader.give(bytes);
    },
  });
  transport.open();
  await opened.promise;
  return {
    name,
    write: (bytes) => transport.send(bytes),
    read() {
      if (held.length > 0) return Promise.resolve(Buffer.concat(held.splice(0)));
      if (closed) return Promise.reject(new Error(`${name} is closed`));
      return new Promise<Uint8Array>((resolve, reject) => {
        const timer = setTimeout(() => {
          reader = null;
          reject(new Error(`${name}: nothing for ${silentMs} ms`));
        }, silentMs);
        const settle = () => {
          clearTimeout(timer);
          reader = null;
        };
        reader = {
          give: (bytes) => {
            settle();
            resolve(bytes);
          },
          fail: (error) => {
            settle();
            reject(error);
          },
        };
      });
    },
    async close() {
      transport.close();
      await end();
    },
  };
}

/** The daemon, built from the present sources, over a unix socket or a pseudo terminal. */
export async function createRtdHost(over: "socket" | "pty", binary?: string): Promise<HilHost> {
  const folder = mkdtempSync(join(tmpdir(), "timmy-rtd-"));
  const path = join(folder, "link");
  const way = over === "socket" ? "--listen" : "--pty";
  const rtd = await startRtd(["--hil", way, path], binary === undefined ? {} : { binary });
  const transport = over === "socket" ? createSocketTransport(path) : createSerialTransport(path);
  const wire = await createTransportWire(`rtd over a ${over}`, transport, async () => {
    await rtd.end();
    rmSync(folder, { recursive: true, force: true });
  });
  return createFrameHost(wire);
}
