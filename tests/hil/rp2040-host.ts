import { createFrameHost } from "./frame-host.ts";
import type { HilHost } from "./hil-host.ts";
import { createRp2040Chip, type Rp2040Chip } from "./rp2040-chip.ts";

const bootedUs = 5000;
/** A frame's answer takes less than this many sleeps, or it never comes. */
const patience = 50;

/** The flashed image in the emulator, driven through its UART by step frames. */
export function createRp2040Host(chip: Rp2040Chip = createRp2040Chip()): HilHost {
  chip.runTo(bootedUs);
  chip.take();
  return createFrameHost({
    name: "rp2040",
    write(bytes) {
      chip.send(bytes, "fifo");
    },
    async read() {
      for (let k = 0; k < patience; k++) {
        chip.runToSleep();
        const bytes = chip.take();
        if (bytes.length > 0) return bytes;
        // Before HIL mode the core reads its link once a millisecond.
        chip.runTo(chip.nowUs() + 1000);
      }
      throw new RangeError("the emulated chip does not answer");
    },
    async close() {},
  });
}
