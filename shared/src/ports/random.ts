/** Chance as an input: one seed, and one named stream for each user of it. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Normal with mean 0 and deviation 1 (sum of twelve uniforms: equal on every engine). */
  normal(): number;
  /** An independent stream; the same seed and name give the same numbers. */
  stream(name: string): Random;
}

/** FNV-1a, 32 bits: turns a stream's name into a number. */
export function hash32(text: string, start = 0x811c9dc5): number {
  let hash = start >>> 0;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

function splitMix(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** xoshiro128** (Blackman and Vigna, 2018), seeded through a 32-bit SplitMix. */
export function createRandom(seed: number): Random {
  const mix = splitMix(seed);
  let a = mix();
  let b = mix();
  let c = mix();
  let d = mix();
  const rotl = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0;
  function next(): number {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ t) >>> 0;
    d = rotl(d, 11);
    return result;
  }
  const uniform = () => next() / 0x1_0000_0000;
  return {
    uniform,
    normal() {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += uniform();
      return sum;
    },
    stream: (name) => createRandom(hash32(name, (seed ^ 0x811c9dc5) >>> 0)),
  };
}
