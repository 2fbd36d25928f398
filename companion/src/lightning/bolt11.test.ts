import { bech32 } from "@scure/base";
import { TimmyError } from "@timmy/shared/errors";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import { decodeInvoice, fieldTypes } from "./bolt11.ts";
import { encodeInvoice, signInvoice } from "./bolt11-encoder.ts";
import * as vectors from "./bolt11-vectors.ts";
import { maxInvoiceLength } from "./limits.ts";

const key = Buffer.from(vectors.vectorKey, "hex");
const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/** Why an invoice is refused, or null. Anything but a `bad-invoice` is a failure of the test. */
function refusal(text: string): string | null {
  try {
    decodeInvoice(text);
    return null;
  } catch (error) {
    if (error instanceof TimmyError && error.code === "bad-invoice") return error.details;
    throw error;
  }
}

const field = (type: number, groups: readonly number[]) => [
  type,
  groups.length >> 5,
  groups.length & 31,
  ...groups,
];
const bytesField = (type: number, hex: string) =>
  field(type, bech32.toWords(Buffer.from(hex, "hex")));
const time = [1, 12, 18, 31, 28, 25, 2];
const hash = bytesField(fieldTypes.p, vectors.vectorHash);
const secret = bytesField(fieldTypes.s, vectors.vectorSecret);
const text = field(fieldTypes.d, bech32.toWords(Buffer.from("tea")));
const description = bytesField(fieldTypes.h, vectors.vectorDescriptionHash);
const node = bytesField(fieldTypes.n, vectors.vectorPayee);
const partHop = bytesField(fieldTypes.r, "02".repeat(50));
/** Another last group of the signature: the end of its recovery id. */
function otherEnd(invoice: string, group: number): string {
  const { prefix, words } = bech32.decode(invoice as `${string}1${string}`, false);
  return bech32.encode(prefix, [...words.slice(0, -1), group], false);
}
/** A signed invoice of these fields, whatever they are. */
const made = (fields: readonly number[][], prefix = "lnbc1m") =>
  signInvoice(prefix, [...time, ...fields.flat()], key);

describe("official vectors of BOLT 11", () => {
  it.each(vectors.validVectors)("accepts: $title", (vector) => {
    const read = decodeInvoice(vector.invoice);
    expect(read).toMatchObject({
      bolt11: vector.invoice.toLowerCase(),
      network: vector.network,
      amountMsat: vector.amountMsat,
      description: vector.description ?? "",
      descriptionHash: vector.description === null ? vectors.vectorDescriptionHash : null,
      minFinalCltvExpiry: vector.finalCltv,
    });
    expect(read.expiresS - read.createdS).toBe(vector.expiryS);
    // One signature of the text is changed to high-S without its id: another key comes out.
    const changed = vector.title.includes("high-S");
    expect(read.payee === vectors.vectorPayee).toBe(!changed);
  });
  it.each(vectors.invalidVectors)("refuses: $title", ({ invoice, reason }) => {
    expect(refusal(invoice)).toContain(reason);
  });
  it("are there in full", () => {
    expect([vectors.validVectors.length, vectors.invalidVectors.length]).toEqual([16, 10]);
  });
});

describe("what a reader of invoices must enforce", () => {
  const cases: readonly [string, string, string | null][] = [
    ["takes the smallest invoice", made([hash, secret, text]), null],
    ["takes a field n that signed", made([hash, secret, text, node]), null],
    ["refuses no payment hash", made([secret, text]), "p: no payment hash"],
    ["refuses d and h together", made([hash, secret, text, description]), "d, h: both"],
    ["refuses neither d nor h", made([hash, secret]), "d, h: neither"],
    [
      "refuses a description that is not UTF-8",
      made([hash, secret, bytesField(fieldTypes.d, "c328")]),
      "d: not UTF-8",
    ],
    [
      "refuses padding that is not zero",
      made([hash, secret, field(fieldTypes.d, [14, 17])]),
      "d: its padding",
    ],
    ["refuses leading zeros in x", made([hash, secret, text, field(6, [0, 1])]), "x: leading"],
    ["refuses leading zeros in c", made([hash, secret, text, field(24, [0, 9])]), "c: leading"],
    ["refuses leading zeros in 9", made([hash, secret, text, field(5, [0, 8])]), "9: leading"],
    [
      "refuses an expiry beyond 50 bits",
      made([hash, secret, text, field(6, new Array(11).fill(1))]),
      "x: too large",
    ],
    ["takes an unknown odd feature", made([hash, secret, text, field(5, [8, 0, 0])]), null],
    [
      "refuses an unknown even feature",
      made([hash, secret, text, field(5, [4, 0, 0, 0, 0])]),
      "9: asks for unknown feature 22",
    ],
    [
      "refuses a field n of another key",
      made([
        hash,
        secret,
        text,
        bytesField(
          fieldTypes.n,
          `02${"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"}`,
        ),
      ]),
      "signature: it is not",
    ],
    [
      "refuses a field n that is no point",
      made([hash, secret, text, bytesField(fieldTypes.n, `02${"ff".repeat(32)}`)]),
      "signature: it is not",
    ],
    ["refuses a route hint of part of a hop", made([hash, secret, text, partHop]), "r: no whole"],
    ["refuses a route hint without a hop", made([hash, secret, text, field(3, [])]), "r: no whole"],
    ["refuses a recovery id of 7", otherEnd(made([hash, secret, text, node]), 7), "signature: its"],
    ["skips a field of an unknown type", made([hash, secret, text, field(30, [1])]), null],
    ["refuses a field that is cut off", made([hash, secret, text, [1]]), "fields: the last"],
    ["refuses a field beyond the end", made([hash, secret, text, [1, 31, 31]]), "fields: one is"],
    ["refuses an unknown currency", made([hash, secret, text], "lnxx1m"), "prefix:"],
    ["refuses another protocol", made([hash, secret, text], "bc"), "prefix:"],
    ["refuses an amount of zero", made([hash, secret, text], "lnbc0"), "amount: no number"],
    ["refuses leading zeros", made([hash, secret, text], "lnbc01m"), "amount: no number"],
    ["refuses two multipliers", made([hash, secret, text], "lnbc1mm"), "amount: no number"],
    ["refuses a part of an msat", made([hash, secret, text], "lnbc15p"), "amount: smaller"],
    ["takes 21 million bitcoin", made([hash, secret, text], "lnbc21000000"), null],
    ["refuses one more", made([hash, secret, text], "lnbc21000001"), "amount: more bitcoin"],
    [
      "refuses an amount of 400 digits",
      made([hash, secret, text], `lnbc${"9".repeat(400)}`),
      "amount: no number",
    ],
    ["refuses what is empty", "", "bech32:"],
    ["refuses white space around it", ` ${made([hash, secret, text])}`, "bech32:"],
    ["refuses data behind it", `${made([hash, secret, text])}qq`, "bech32:"],
  ];
  it.each(cases)("%s", (_title, invoice, wanted) => {
    const reason = refusal(invoice);
    if (wanted === null) expect(reason).toBeNull();
    else expect(reason).toContain(wanted);
  });
  it("takes the first of two payment hashes", () => {
    const other = bytesField(fieldTypes.p, "ab".repeat(32));
    expect(decodeInvoice(made([hash, other, secret, text])).paymentHash).toBe(vectors.vectorHash);
  });
  it("refuses what is longer than a QR code at once, and reads the longest below it in time", () => {
    expect(refusal(`lnbc1${"q".repeat(10_000)}`)).toContain("length");
    const room = maxInvoiceLength - made([hash, secret, text]).length;
    const filler = new Array<number[]>(Math.floor(room / 3)).fill(field(30, []));
    const longest = made([hash, secret, text, ...filler]);
    expect(longest.length).toBeGreaterThan(maxInvoiceLength - 4);
    expect(refusal(longest)).toBeNull();
    expect(fastestMs(longest)).toBeLessThan(50);
  });
});

describe("the encoder", () => {
  const fields = {
    network: "mainnet",
    amountMsat: null,
    createdS: vectors.vectorCreatedS,
    paymentHash: vectors.vectorHash,
    paymentSecret: vectors.vectorSecret,
    description: "Please consider supporting this project",
  } as const;
  it("writes the official invoices letter by letter", () => {
    const [donation, coffee] = vectors.validVectors;
    expect(encodeInvoice(fields, key)).toBe(donation?.invoice);
    const cup = { amountMsat: 250_000_000n, description: "1 cup coffee", expiryS: 60 };
    expect(encodeInvoice({ ...fields, ...cup }, key)).toBe(coffee?.invoice);
  });
  it("writes what the decoder reads, for every network and size (seed 11)", () => {
    const random = createRandom(11);
    for (const network of ["mainnet", "testnet", "signet", "regtest"] as const) {
      for (let k = 0; k < 8; k++) {
        const amountMsat = BigInt(Math.floor(random.uniform() * 10 ** (2 * k + 1))) + 1n;
        const expiryS = 1 + Math.floor(random.uniform() * 1e6);
        const invoice = encodeInvoice({ ...fields, network, amountMsat, expiryS }, key);
        const wanted = { network, amountMsat, expiresS: fields.createdS + expiryS };
        expect(decodeInvoice(invoice)).toMatchObject(wanted);
      }
    }
  });
  it("refuses a description that does not fit", () => {
    const long = { ...fields, description: "x".repeat(640) };
    expect(() => encodeInvoice(long, key)).toThrow("d: too long");
  });
});

describe("mutated invoices", () => {
  const pick = (random: Random, below: number) => Math.floor(random.uniform() * below);
  function mutate(random: Random, source: string): string {
    const at = pick(random, source.length);
    const letter = letters[pick(random, 32)] ?? "q";
    const end = at + 1 + pick(random, 60);
    const kinds = [
      () => source.slice(0, at) + letter + source.slice(at + 1),
      () => source.slice(0, at) + letter + source.slice(at),
      () => source.slice(0, at) + source.slice(end),
      () => source.slice(0, end) + source.slice(at),
      () => source.slice(0, at) + String.fromCodePoint(pick(random, 0x1f000)) + source.slice(at),
      () => source.slice(0, at) + source.slice(at).toUpperCase(),
      () => source.slice(0, at),
      () => source.slice(at) + source.slice(0, at),
    ];
    return (kinds[pick(random, kinds.length)] ?? (() => source))();
  }
  /** Keeps the checksum right, so that what lies behind it is reached. */
  function mutateInside(random: Random, source: string): string {
    const { prefix, words } = bech32.decode(source, false);
    for (let k = 1 + pick(random, 3); k > 0; k--)
      words[pick(random, words.length)] = pick(random, 32);
    const from = pick(random, words.length);
    if (random.uniform() < 0.3) words.splice(from, pick(random, 20));
    return bech32.encode(prefix, words, false);
  }
  it("end as an invoice or as bad-invoice, 100,000 of them, none over 50 ms (seed 4)", () => {
    const random = createRandom(4);
    const sources = [...vectors.validVectors, ...vectors.invalidVectors].map((v) => v.invoice);
    const whole = vectors.validVectors.map((v) => v.invoice.toLowerCase());
    const slow: string[] = [];
    let read = 0;
    for (let k = 0; k < 100_000; k++) {
      const inside = k % 40 === 0;
      const list = inside ? whole : sources;
      const source = list[pick(random, list.length)] ?? "";
      const invoice = inside ? mutateInside(random, source) : mutate(random, source);
      const before = performance.now();
      if (refusal(invoice) === null) read++;
      const tookMs = performance.now() - before;
      // A pause of the machine is not the decoder: what was slow is asked again.
      if (tookMs > 50) slow.push(invoice);
    }
    expect(slow.filter((invoice) => fastestMs(invoice) > 50)).toEqual([]);
    expect(read).toBeGreaterThan(0);
  }, 240_000);
});

function fastestMs(invoice: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 3; k++) {
    const before = performance.now();
    refusal(invoice);
    best = Math.min(best, performance.now() - before);
  }
  return best;
}
