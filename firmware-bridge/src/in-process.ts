import type { CoreHost } from "@timmy/hardware/core-host";
import type { Transport, TransportListener } from "./transport.ts";

/** A wire to a core in the same process; `pump` brings what the core said since the last call. */
export function createInProcessTransport(host: CoreHost): Transport & { pump(): void } {
  let listener: TransportListener | null = null;
  let open = false;
  return {
    open() {
      if (open) return;
      open = true;
      listener?.opened();
    },
    close() {
      open = false;
    },
    send(bytes) {
      if (open) host.receive(bytes);
    },
    listen(next) {
      listener = next;
    },
    pump() {
      // Also read while closed, or the core's oldest words would be heard first.
      const bytes = host.transmit();
      if (open && bytes.length > 0) listener?.bytes(bytes);
    },
  };
}
