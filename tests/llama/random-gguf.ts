import type { Random } from "@timmy/shared/ports/random";

/**
 * A language model that never learned anything: llama's architecture with weights of chance, in the
 * GGUF format, version 3 (ggml, docs/gguf.md). The same random stream gives the same bytes.
 */
const dims = { embedding: 64, feedForward: 128, layers: 2, heads: 4, context: 2048 };
const alignment = 32;

/** Numbers of GGUF's value types and of ggml's 32-bit float. */
const types = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;
const tensorF32 = 0;
/** Kinds of tokens: normal, unknown, control, byte. */
const kind = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

type Value =
  | readonly [type: "u32" | "f32", value: number]
  | readonly [type: "bool", value: boolean]
  | readonly [type: "string", value: string]
  | readonly [type: "strings", values: readonly string[]]
  | readonly [type: "f32s" | "i32s", values: readonly number[]];

class Bytes {
  readonly #parts: Buffer[] = [];
  length = 0;
  add(part: Buffer): void {
    this.#parts.push(part);
    this.length += part.length;
  }
  number(value: number, type: "u32" | "i32" | "f32" | "bool" | "u64"): void {
    const part = Buffer.alloc(type === "u64" ? 8 : type === "bool" ? 1 : 4);
    if (type === "u64") part.writeBigUInt64LE(BigInt(value));
    else if (type === "f32") part.writeFloatLE(value);
    else if (type === "i32") part.writeInt32LE(value);
    else if (type === "bool") part.writeUInt8(value);
    else part.writeUInt32LE(value);
    this.add(part);
  }
  text(value: string): void {
    const part = Buffer.from(value);
    this.number(part.length, "u64");
    this.add(part);
  }
  pad(): void {
    this.add(Buffer.alloc((alignment - (this.length % alignment)) % alignment));
  }
  whole(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** SentencePiece writes a space as this. */
const space = "\u2581";

/** Every byte, every printable character, and words that make answers short. */
function vocabulary(words: readonly string[]) {
  const bytes = Array.from({ length: 256 }, (_, i) => {
    return `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`;
  });
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  const plain = [...printable, "\u00e9", "\u{1f680}", ...words].map((word) =>
    word.replaceAll(" ", space),
  );
  const unique = [...new Set(plain)];
  return {
    tokens: ["<unk>", "<s>", "</s>", ...bytes, ...unique],
    kinds: [
      kind.unknown,
      kind.control,
      kind.control,
      ...bytes.map(() => kind.byte),
      ...unique.map(() => kind.normal),
    ],
  };
}

function metadata(tokens: readonly string[], kinds: readonly number[]): [string, Value][] {
  return [
    ["general.architecture", ["string", "llama"]],
    ["general.name", ["string", "insane"]],
    ["general.alignment", ["u32", alignment]],
    ["general.file_type", ["u32", 0]],
    ["llama.vocab_size", ["u32", tokens.length]],
    ["llama.context_length", ["u32", dims.context]],
    ["llama.embedding_length", ["u32", dims.embedding]],
    ["llama.block_count", ["u32", dims.layers]],
    ["llama.feed_forward_length", ["u32", dims.feedForward]],
    ["llama.rope.dimension_count", ["u32", dims.embedding / dims.heads]],
    ["llama.attention.head_count", ["u32", dims.heads]],
    ["llama.attention.head_count_kv", ["u32", dims.heads]],
    ["llama.attention.layer_norm_rms_epsilon", ["f32", 1e-5]],
    ["tokenizer.ggml.model", ["string", "llama"]],
    ["tokenizer.ggml.tokens", ["strings", tokens]],
    ["tokenizer.ggml.scores", ["f32s", tokens.map((token) => token.length - 1000)]],
    ["tokenizer.ggml.token_type", ["i32s", kinds]],
    ["tokenizer.ggml.unknown_token_id", ["u32", 0]],
    ["tokenizer.ggml.bos_token_id", ["u32", 1]],
    ["tokenizer.ggml.eos_token_id", ["u32", 2]],
    ["tokenizer.ggml.add_bos_token", ["bool", true]],
    ["tokenizer.ggml.add_eos_token", ["bool", false]],
  ];
}

/** Names and shapes; the first dimension is the one that lies together in memory. */
function tensors(vocabularySize: number): [name: string, shape: readonly number[]][] {
  const { embedding: e, feedForward: f } = dims;
  const layers = Array.from({ length: dims.layers }, (_, i): [string, readonly number[]][] => [
    [`blk.${i}.attn_norm.weight`, [e]],
    [`blk.${i}.attn_q.weight`, [e, e]],
    [`blk.${i}.attn_k.weight`, [e, e]],
    [`blk.${i}.attn_v.weight`, [e, e]],
    [`blk.${i}.attn_output.weight`, [e, e]],
    [`blk.${i}.ffn_norm.weight`, [e]],
    [`blk.${i}.ffn_gate.weight`, [e, f]],
    [`blk.${i}.ffn_up.weight`, [e, f]],
    [`blk.${i}.ffn_down.weight`, [f, e]],
  ]);
  return [
    ["token_embd.weight", [e, vocabularySize]],
    ...layers.flat(),
    ["output_norm.weight", [e]],
    ["output.weight", [e, vocabularySize]],
  ];
}

function writeArray(
  into: Bytes,
  of: "string" | "f32" | "i32",
  values: readonly (string | number)[],
): void {
  into.number(types.array, "u32");
  into.number(types[of], "u32");
  into.number(values.length, "u64");
  for (const item of values) {
    if (of === "string") into.text(String(item));
    else into.number(Number(item), of);
  }
}

function writeValue(into: Bytes, value: Value): void {
  switch (value[0]) {
    case "strings":
      return writeArray(into, "string", value[1]);
    case "f32s":
      return writeArray(into, "f32", value[1]);
    case "i32s":
      return writeArray(into, "i32", value[1]);
    case "string":
      into.number(types.string, "u32");
      return into.text(value[1]);
    default:
      into.number(types[value[0]], "u32");
      return into.number(Number(value[1]), value[0]);
  }
}

/** The bytes of a model file of about half a megabyte. `words` become tokens of their own. */
export function createRandomGguf(random: Random, words: readonly string[]): Buffer {
  const { tokens, kinds } = vocabulary(words);
  const entries = metadata(tokens, kinds);
  const all = tensors(tokens.length);
  const head = new Bytes();
  head.add(Buffer.from("GGUF"));
  head.number(3, "u32");
  head.number(all.length, "u64");
  head.number(entries.length, "u64");
  for (const [key, value] of entries) {
    head.text(key);
    writeValue(head, value);
  }
  const weights = new Bytes();
  for (const [name, shape] of all) {
    head.text(name);
    head.number(shape.length, "u32");
    for (const length of shape) head.number(length, "u64");
    head.number(tensorF32, "u32");
    head.number(weights.length, "u64");
    const count = shape.reduce((product, length) => product * length, 1);
    const norm = name.endsWith("norm.weight");
    const values = Float32Array.from({ length: count }, () => (norm ? 1 : 0.2 * random.normal()));
    weights.add(Buffer.from(values.buffer));
    weights.pad();
  }
  head.pad();
  return Buffer.concat([head.whole(), weights.whole()]);
}
