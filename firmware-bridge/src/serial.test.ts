import { createMemoryLogger } from "@timmy/shared/ports/logger";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { createSerialTransport } from "./serial.ts";
import { createFakeSerialPorts, type FakeSerialPorts } from "./serial-fake.ts";
import { type SerialInput, serialAtRest, stepSerial } from "./serial-machine.ts";
import { matchNames, refusalOf } from "./serial-ports.ts";
import type { Transport } from "./transport.ts";

/** Lets everything that waits on promises alone happen. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe("a serial transport", () => {
  let ports: FakeSerialPorts;
  let wire: Transport;
  let told: string[];
  let logger: ReturnType<typeof createMemoryLogger>;

  beforeEach(() => {
    logger = createMemoryLogger();
    ports = createFakeSerialPorts();
    told = [];
    wire = createSerialTransport("/dev/serial/by-id/usb-*", { ports, logger });
    wire.listen({
      opened: () => told.push("opened"),
      closed: () => told.push("closed"),
      bytes: (bytes) => told.push(`bytes ${bytes.join(" ")}`),
    });
  });
  async function open(): Promise<void> {
    wire.open();
    await settle();
  }

  it("opens what it finds, and carries bytes both ways", async () => {
    ports.plug("/dev/ttyACM0");
    await open();
    ports.say("/dev/ttyACM0", Uint8Array.of(1, 2));
    wire.send(Uint8Array.of(3));
    expect(told).toEqual(["opened", "bytes 1 2"]);
    expect(ports.written).toEqual([{ path: "/dev/ttyACM0", bytes: Uint8Array.of(3) }]);
  });
  it("says closed when there is no device, and each reason once in the log", async () => {
    await open();
    await open();
    expect(told).toEqual(["closed", "closed"]);
    expect(logger.lines.map(({ fields }) => fields["reason"])).toEqual(["absent"]);
  });
  it("says closed when the device is unplugged, and drops what is sent then", async () => {
    ports.plug("/dev/ttyACM0");
    await open();
    ports.unplug("/dev/ttyACM0");
    wire.send(Uint8Array.of(3));
    await settle();
    expect(told).toEqual(["opened", "closed"]);
    expect(ports.written).toEqual([]);
  });
  it("finds the device again under another number", async () => {
    ports.plug("/dev/ttyACM0");
    await open();
    ports.unplug("/dev/ttyACM0");
    ports.plug("/dev/ttyACM1");
    await open();
    expect(told).toEqual(["opened", "closed", "opened"]);
    expect(ports.openPaths()).toEqual(["/dev/ttyACM1"]);
  });
  it("opens a device that was locked once it is free", async () => {
    ports.plug("/dev/ttyACM0");
    ports.refuse("/dev/ttyACM0", "locked");
    await open();
    ports.refuse("/dev/ttyACM0", null);
    await open();
    expect(told).toEqual(["closed", "opened"]);
  });
  it("goes on to the next device that fits, and begins with the last good one", async () => {
    ports.plug("/dev/ttyACM0");
    ports.plug("/dev/ttyACM1");
    ports.refuse("/dev/ttyACM0", "locked");
    await open();
    expect(ports.openPaths()).toEqual(["/dev/ttyACM1"]);
    wire.close();
    await settle();
    ports.refuse("/dev/ttyACM0", null);
    await open();
    expect(ports.openPaths()).toEqual(["/dev/ttyACM1"]);
  });
  it("waits for its own closing before it opens again", async () => {
    ports.plug("/dev/ttyACM0");
    await open();
    ports.hang(true);
    wire.close();
    wire.open();
    await settle();
    expect(told).toEqual(["opened"]);
    ports.hang(false);
    await settle();
    expect(told).toEqual(["opened", "opened"]);
  });
  it("goes on without an opening that hangs, and gives back what comes late", async () => {
    ports.plug("/dev/ttyACM0");
    ports.hang(true);
    for (let i = 0; i < 3; i++) await open();
    ports.hang(false);
    await settle();
    expect(told).toEqual(["opened"]);
    expect(ports.openPaths()).toEqual(["/dev/ttyACM0"]);
    wire.close();
    await settle();
    expect(ports.openPaths()).toEqual([]);
  });
  it("tells nothing of a close that it was asked for", async () => {
    ports.plug("/dev/ttyACM0");
    await open();
    wire.close();
    wire.close();
    await settle();
    expect(told).toEqual(["opened"]);
    expect(ports.openPaths()).toEqual([]);
  });
});

describe("the serial machine", () => {
  const attempts = fc.nat(4);
  const input: fc.Arbitrary<SerialInput> = fc.oneof(
    fc.constant({ kind: "open" } as const),
    fc.constant({ kind: "close" } as const),
    fc.record({
      kind: fc.constant("found" as const),
      paths: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constantFrom("opened" as const, "lost" as const, "released" as const),
      attempt: attempts,
    }),
    fc.record({
      kind: fc.constant("failed" as const),
      attempt: attempts,
      reason: fc.constant("locked" as const),
    }),
  );
  it("never holds two devices, and tells opened and closed in turn", () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        let state = serialAtRest;
        let up = false;
        for (const next of inputs) {
          const done = stepSerial(state, next);
          state = done.state;
          for (const effect of done.effects) {
            if (effect.kind !== "tell") continue;
            // Opened is said only of a line that was not open; closed may be said of a try.
            if (effect.what === "opened") expect(up).toBe(false);
            up = effect.what === "opened";
          }
          if (next.kind === "close") up = false;
          expect(state.phase === "open").toBe(up);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("names of serial devices", () => {
  it("match a pattern in which a star stands for anything", () => {
    const names = ["usb-Timmy_A-if00", "usb-Other", "usb-Timmy_B-if00", "xusb-Timmy_A-if00"];
    expect(matchNames("usb-Timmy*-if00", names)).toEqual(["usb-Timmy_A-if00", "usb-Timmy_B-if00"]);
    expect(matchNames("usb.Other", names)).toEqual([]);
  });
  it("and what the system says of them", () => {
    expect(refusalOf("Error: No such file or directory, cannot open /dev/x")).toBe("absent");
    expect(refusalOf("Error Resource temporarily unavailable Cannot lock port")).toBe("locked");
    expect(refusalOf("Error: Permission denied, cannot open /dev/x")).toBe("denied");
    expect(refusalOf("Error: strange")).toBe("failed");
  });
});
