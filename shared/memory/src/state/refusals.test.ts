import { generateKeyPairSync, sign } from "node:crypto";
import { canonicalJson } from "@timmy/shared/state/canonical";
import { signedText } from "@timmy/shared/state/header";
import { stateLimits } from "@timmy/shared/state/limits";
import { beforeAll, describe, expect, it } from "vitest";
import { exportBytes, openTestStore, teach } from "../testing/state-agent.ts";
import { sha256Of } from "./digests.ts";
import { sourceOfBytes } from "./state-file.ts";
import { verifyState } from "./verify-state.ts";

type Members = Record<string, unknown>;
let lines: readonly string[] = [];

beforeAll(async () => {
  const { store } = openTestStore(1);
  teach(store, 6);
  lines = (await exportBytes(store)).toString("utf8").trimEnd().split("\n");
});

const lineOf = (section: string) =>
  lines.findIndex((line) => line.includes(`"section":"${section}"`));
const join = (all: readonly string[]) => all.map((line) => `${line}\n`).join("");
const check = (text: string | Buffer) => verifyState(sourceOfBytes(Buffer.from(text)));
const withLine = (at: number, change: (line: string) => string) =>
  join(lines.map((line, i) => (i === at ? change(line) : line)));

/** Signs changed lines anew, with a key of a stranger's. */
function signAnew(all: readonly string[], asAgent: boolean): string {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12).toString("hex");
  const [first = "{}", ...rest] = all.slice(0, -1);
  const old = JSON.parse(first) as Members;
  const header = canonicalJson(asAgent ? { ...old, agent: raw } : old);
  const footer = JSON.parse(all.at(-1) ?? "{}") as { sections: { name: string }[] };
  const sections = footer.sections.map(({ name }) => {
    const own = rest.filter((line) => (JSON.parse(line) as Members)["section"] === name);
    return { name, lines: own.length, sha256: sha256Of(join(own)) };
  });
  const unsigned = { kind: "footer", header: sha256Of(`${header}\n`), sections, signer: raw };
  const bytes = Buffer.from(signedText(canonicalJson(unsigned)));
  const signature = sign(null, bytes, privateKey).toString("hex");
  return join([header, ...rest, canonicalJson({ ...unsigned, signature })]);
}

describe("a state file is refused, with the section, the line and the reason, when", () => {
  const facts = () => lineOf("facts");
  const cases: readonly [string, () => string, string, () => number, RegExp][] = [
    [
      "a name stands twice",
      () => withLine(facts(), (l) => l.replace("{", '{"a":1,"a":1,')),
      "",
      () => facts() + 1,
      /"a" stands twice/,
    ],
    [
      "a number is beyond all",
      () => withLine(facts(), (l) => l.replace(/"changed_ms":\d+/, '"changed_ms":1e309')),
      "",
      () => facts() + 1,
      /infinity is no JSON number/i,
    ],
    [
      "half of a surrogate pair stands in it",
      () => withLine(facts(), (l) => l.replace('"value":"', '"value":"\\ud800')),
      "",
      () => facts() + 1,
      /half of a surrogate pair/,
    ],
    [
      "white space was put in",
      () => withLine(facts(), (l) => l.replace(",", ", ")),
      "",
      () => facts() + 1,
      /canonical form/,
    ],
    [
      "a line is not JSON",
      () => withLine(facts(), () => "facts"),
      "",
      () => facts() + 1,
      /not JSON/,
    ],
    [
      "a record has another form",
      () => withLine(facts(), (l) => l.replace('"from":"owner"', '"from":"god"')),
      "facts",
      () => facts() + 1,
      /"from"/,
    ],
    [
      "a text is too long",
      () => withLine(facts(), (l) => l.replace(/"value":"/, `"value":"${"x".repeat(20_000)}`)),
      "facts",
      () => facts() + 1,
      /"value"/,
    ],
    [
      "a value was changed",
      () => withLine(facts(), (l) => l.replace('"value":"', '"value":"not ')),
      "facts",
      () => facts() + 1,
      /was changed/,
    ],
    [
      "a record is missing",
      () => join(lines.toSpliced(facts(), 1)),
      "facts",
      () => facts() + 1,
      /was changed/,
    ],
    [
      "a record stands twice",
      () => join(lines.toSpliced(facts(), 0, lines[facts()] ?? "")),
      "facts",
      () => facts() + 2,
      /stands twice/,
    ],
    [
      "a section is missing",
      () => join(lines.filter((l) => !l.includes('"section":"lineage"'))),
      "redactions",
      () => lineOf("lineage") + 1,
      /no such section/,
    ],
    [
      "sections changed places",
      () => join([...lines.slice(0, 1), lines[lineOf("lineage")] ?? "", ...lines.slice(1)]),
      "persona",
      () => 3,
      /wrong place/,
    ],
    [
      "the header was changed",
      () => withLine(0, (l) => l.replace("Robbie", "Roberta")),
      "header",
      () => 1,
      /was changed/,
    ],
    [
      "the footer was changed",
      () => withLine(lines.length - 1, (l) => l.replace(/"lines":\d/, '"lines":9')),
      "footer",
      () => lines.length,
      /signature is wrong/,
    ],
    [
      "the footer is missing",
      () => join(lines.slice(0, -1)),
      "redactions",
      () => lines.length,
      /without its footer/,
    ],
    [
      "something follows the footer",
      () => join([...lines, lines[1] ?? ""]),
      "footer",
      () => lines.length + 1,
      /after the footer/,
    ],
    [
      "another key signed it",
      () => signAnew(lines, false),
      "footer",
      () => lines.length,
      /another key/,
    ],
    ["it is empty", () => "", "header", () => 1, /without its footer/],
    [
      "its blob says more than a blob may have",
      () => withLine(lineOf("blobs"), (l) => l.replace(/"bytes":\d+/, '"bytes":99999999999')),
      "blobs",
      () => lineOf("blobs") + 1,
      /"bytes"/,
    ],
    [
      "its blob has fewer bytes than it says",
      () => withLine(lineOf("blobs"), (l) => l.replace(/"bytes":\d+/, '"bytes":8000000')),
      "blobs",
      () => lineOf("blobs") + 2,
      /bytes was expected/,
    ],
    [
      "its blob has other bytes",
      () => withLine(lineOf("blobs") + 1, (l) => l.replace('"chunk":"A', '"chunk":"B')),
      "blobs",
      () => lineOf("blobs") + 2,
      /do not have its hash/,
    ],
    [
      "a private key stands in the open",
      () => join(lines.toSpliced(-1, 0, canonicalJson({ section: "key", seed: "11".repeat(32) }))),
      "key",
      () => lines.length,
      /plain file/,
    ],
  ];
  it.each(cases)("%s", async (_name, make, section, line, why) => {
    const answer = await check(make());
    expect(answer).toMatchObject({ ok: false, line: line() });
    if (answer.ok) return;
    if (section !== "") expect(answer.section).toBe(section);
    expect(answer.sentence).toMatch(why);
    expect(answer.sentence).toContain(`line ${line()}`);
  });
  it("its schema is newer", async () => {
    const text = withLine(0, (l) => l.replace("timmy.state/1", "timmy.state/2"));
    expect(await check(text)).toMatchObject({ ok: false, code: "state-newer", section: "header" });
  });
  it("a line never ends", async () => {
    const text = `${join(lines.slice(0, 3))}${"x".repeat(stateLimits.lineBytes + 10)}`;
    const answer = await check(text);
    expect(answer).toMatchObject({ ok: false, code: "state-too-large", line: 4 });
  });
  it("it is not UTF-8", async () => {
    const bytes = Buffer.from(join(lines));
    bytes[40] = 0xff;
    expect(await check(bytes)).toMatchObject({ ok: false, section: "header", line: 1 });
  });
  it.each([
    ["a picture", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0", "latin1")],
    ["a picture of one line", Buffer.alloc(stateLimits.lineBytes + 10, 0xff)],
    ["another program's JSON", Buffer.from('{"agents": [1, 2]}\n')],
    ["a letter", Buffer.from("Dear Anna")],
  ])("it is %s: no state file at all", async (_what, bytes) => {
    expect(await check(bytes)).toMatchObject({ ok: false, code: "state-foreign", line: 1 });
  });
  it("a member of its header is missing, in words of ours", async () => {
    const answer = await check(withLine(0, (l) => l.replace(',"to":', ',"tp":')));
    const sentence = 'In header, line 1: "to" is missing, or is not as it has to be.';
    expect(answer).toMatchObject({ code: "state-refused", sentence });
  });
  it("and is whole again when its own agent signs it", async () => {
    expect(await check(signAnew(lines, true))).toMatchObject({ ok: true });
    expect(await check(join(lines))).toMatchObject({ ok: true });
  });
});

describe("an encrypted state file", () => {
  const secret = { kind: "passphrase", passphrase: "four random words here" } as const;
  let sealed: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    const { store } = openTestStore(1);
    teach(store, 6);
    sealed = await exportBytes(store, { secret });
  });
  const flip = (at: number) => {
    const bytes = Buffer.from(sealed);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const bodyAt = () => sealed.indexOf("\n--- ") + 60;
  it.each([
    ["is cut off", () => sealed.subarray(0, -40)],
    ["ends within its header", () => sealed.subarray(0, 60)],
    ["ends behind its header", () => sealed.subarray(0, bodyAt())],
    ["has another byte in its header", () => flip(bodyAt() - 40)],
    ["has another byte at its end", () => flip(sealed.length - 20)],
    [
      "asks for other work",
      () => Buffer.from(sealed.toString("latin1").replace(" 4\n", " 44\n"), "latin1"),
    ],
  ])("that %s is damaged, and does not ask for another passphrase", async (_what, bytes) => {
    expect(await verifyState(sourceOfBytes(bytes(), secret))).toMatchObject({
      code: "state-damaged",
      sentence: "Its bytes are not those that were written.",
    });
  });
  it.each([
    [{ kind: "passphrase", passphrase: "four other words here" }, /passphrase.*is wrong/],
    [{ kind: "identity", identity: "AGE-SECRET-KEY-1QQQQ" }, /changed or cut off/],
  ] as const)("does not open with %j, and says what is wrong with it", async (other, why) => {
    expect(await verifyState(sourceOfBytes(sealed, other))).toMatchObject({
      code: "state-locked",
      sentence: expect.stringMatching(why),
    });
  });
});
