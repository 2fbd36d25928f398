import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadSync } from "@grpc/proto-loader";
import { describe, expect, it } from "vitest";
import { lndMethods } from "./lnd.ts";

const ours = fileURLToPath(new URL("../lnd/", import.meta.url));
/** The full protos of lnd v0.21, carried by the npm package `lightning`. */
const theirs = fileURLToPath(new URL("../../node_modules/lightning/grpc/protos/", import.meta.url));

interface Field {
  name: string;
  number: number;
  type: string;
  label: string;
  typeName: string;
}
interface Shape {
  format: string;
  type: { field?: Field[]; value?: { name: string; number: number }[]; nestedType?: Nested[] };
}
interface Nested {
  name: string;
  field: Field[];
}
interface Method {
  path: string;
  requestStream: boolean;
  responseStream: boolean;
  requestType: { type: { name: string } };
  responseType: { type: { name: string } };
}

function load(folder: string, files: string[]): Record<string, unknown> {
  return loadSync(files, { includeDirs: [folder], keepCase: true }) as Record<string, unknown>;
}

const files = readdirSync(ours);
const mine = load(ours, files);
const full = load(theirs, files);
const isShape = (entry: unknown): entry is Shape =>
  typeof entry === "object" && entry !== null && "format" in entry;
const line = ({ name, number, type, label, typeName }: Field) =>
  `${name} = ${number}: ${label} ${type} ${typeName.split(".").at(-1)}`;

describe("our subset of LND's protos", () => {
  it("has each field with the number, type and label of the full protos", () => {
    let fields = 0;
    for (const [name, entry] of Object.entries(mine)) {
      if (!isShape(entry) || entry.type.field === undefined) continue;
      const other = full[name];
      if (!isShape(other)) throw new Error(`The full protos have no message ${name}.`);
      const known = new Set(other.type.field?.map(line));
      expect(
        entry.type.field.map(line).filter((text) => !known.has(text)),
        name,
      ).toEqual([]);
      fields += entry.type.field.length;
    }
    expect(fields).toBeGreaterThan(120);
  });
  it("has each enum value with the number of the full protos", () => {
    let values = 0;
    for (const [name, entry] of Object.entries(mine)) {
      if (!isShape(entry) || entry.type.value === undefined) continue;
      const other = full[name] as Shape | undefined;
      const known = new Map(other?.type.value?.map((v) => [v.name, v.number]));
      for (const value of entry.type.value) {
        expect(known.get(value.name), `${name}.${value.name}`).toBe(value.number);
        values++;
      }
    }
    expect(values).toBeGreaterThan(30);
  });
  it("has each service method with the path, messages and streams of the full protos", () => {
    let methods = 0;
    const facts = (m: Method | undefined) => [
      m?.path,
      m?.requestStream,
      m?.responseStream,
      m?.requestType.type.name,
      m?.responseType.type.name,
    ];
    for (const [name, entry] of Object.entries(mine)) {
      if (isShape(entry)) continue;
      const other = full[name] as Record<string, Method> | undefined;
      for (const [method, definition] of Object.entries(entry as Record<string, Method>)) {
        expect(facts(definition), `${name}/${method}`).toEqual(facts(other?.[method]));
        methods++;
      }
    }
    expect(methods).toBeGreaterThan(25);
  });
});

describe("the loaded methods", () => {
  it("are all that the files name, but for two that nobody calls", () => {
    const named = Object.values(mine)
      .filter((entry) => !isShape(entry))
      .flatMap((entry) => Object.values(entry as Record<string, Method>).map(({ path }) => path));
    const called = new Set(Object.values(lndMethods).map(({ path }) => path));
    const left = named.filter((path) => !called.has(path)).sort();
    expect(left).toEqual(["/lnrpc.Lightning/DecodePayReq", "/lnrpc.Lightning/ListPayments"]);
    expect(named).toHaveLength(called.size + 2);
  });
  it("keep 64-bit numbers exact, bytes as buffers and enums as names", () => {
    const { responseSerialize, responseDeserialize } = lndMethods.lookupInvoice;
    const bytes = responseSerialize({
      r_hash: Buffer.from([1, 2, 3]),
      value_msat: "9007199254740993",
      state: "SETTLED",
    } as unknown as Parameters<typeof responseSerialize>[0]);
    const back = responseDeserialize(bytes);
    expect(back.value_msat).toBe("9007199254740993");
    expect(Buffer.isBuffer(back.r_hash)).toBe(true);
    expect(back.state).toBe("SETTLED");
    expect(back.amt_paid_msat).toBe("0");
  });
});
