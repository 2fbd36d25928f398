import type { Random } from "./ports/random.ts";
import type { Clock } from "./ports/time.ts";

export type MakeId = () => string;

/** UUIDv7 (RFC 9562, section 5.7) from a clock and a random stream. */
export function createIds(clock: Pick<Clock, "wallMs">, random: Random): MakeId {
  return () => {
    const hex: string[] = [];
    let ms = Math.max(0, Math.floor(clock.wallMs()));
    for (let i = 0; i < 6; i++) {
      hex.unshift((ms % 256).toString(16).padStart(2, "0"));
      ms = Math.floor(ms / 256);
    }
    for (let i = 6; i < 16; i++) {
      let byte = Math.floor(random.uniform() * 256);
      if (i === 6) byte = 0x70 | (byte & 0x0f);
      if (i === 8) byte = 0x80 | (byte & 0x3f);
      hex.push(byte.toString(16).padStart(2, "0"));
    }
    const all = hex.join("");
    return [
      all.slice(0, 8),
      all.slice(8, 12),
      all.slice(12, 16),
      all.slice(16, 20),
      all.slice(20),
    ].join("-");
  };
}
