import { base32nopad } from "@scure/base";
import { afterEach, describe, expect, it } from "vitest";
import { stepAt, totpCode } from "./totp.ts";
import { createTreasuryWorld, type TreasuryWorld } from "./treasury-fixture.ts";

const worlds: TreasuryWorld[] = [];
function open(): TreasuryWorld {
  const world = createTreasuryWorld();
  worlds.push(world);
  return world;
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});
const minutes = 60_000;
/** Something small that needs a code. */
const use = (world: TreasuryWorld, factor: { who: string; code: string }) => {
  const done = world.treasury().setKillSwitch(false, factor);
  return done.ok ? "ok" : done.code;
};
const wrong = { who: "anna", code: "000000" };

describe("the second factor", () => {
  it("counts each code once, also after a restart", () => {
    const world = open();
    const code = world.enrol("anna").factor();
    expect([use(world, code), use(world, code)]).toEqual(["ok", "bad-code"]);
    world.restart();
    expect(use(world, code)).toBe("bad-code");
  });
  it("locks after five wrong codes for fifteen minutes of the treasury's own time", async () => {
    const world = open();
    const anna = world.enrol("anna");
    const tries = Array.from({ length: 6 }, () => use(world, wrong));
    expect(tries).toEqual([...Array(4).fill("bad-code"), "codes-locked", "codes-locked"]);
    expect(use(world, anna.factor())).toBe("codes-locked");
    world.jumpWall(60 * minutes);
    expect(use(world, anna.factor())).toBe("codes-locked");
    world.restart(60 * minutes);
    expect(use(world, anna.factor())).toBe("codes-locked");
    await world.pass(15 * minutes);
    expect(use(world, anna.factor())).toBe("ok");
  });
  it("forgets wrong codes after a right one", () => {
    const world = open();
    const anna = world.enrol("anna");
    for (let k = 0; k < 3; k++) {
      expect(Array.from({ length: 4 }, () => use(world, wrong))).toEqual(Array(4).fill("bad-code"));
      expect(use(world, anna.factor())).toBe("ok");
    }
  });
  it.each([
    ["a stranger", { who: "bob", code: "123456" }],
    ["another case", { who: "Anna", code: "123456" }],
    ["five digits", { who: "anna", code: "12345" }],
    ["digits of another script", { who: "anna", code: "１２３４５６" }],
    ["nothing", { who: "anna", code: "" }],
  ])("refuses %s", (_name, factor) => {
    const world = open();
    world.enrol("anna");
    expect(use(world, factor)).toBe("bad-code");
  });
  it("says when nobody is enrolled", () => {
    expect(use(open(), wrong)).toBe("no-approver");
  });
  it("enrols a second person only with the code of the first", () => {
    const world = open();
    const anna = world.enrol("anna");
    expect(world.treasury().enrol("bob")).toMatchObject({ code: "approval-needed" });
    expect(world.treasury().enrol("bob", wrong)).toMatchObject({ code: "bad-code" });
    const enrolled = world.treasury().enrol("bob", anna.factor());
    expect(enrolled).toMatchObject({ ok: true });
    expect(world.treasury().approvers()).toEqual(["anna"]);
    expect(world.treasury().enrol("anna", anna.factor())).toMatchObject({ code: "duplicate-key" });
    expect(enrolled.ok && enrolled.qrModules.length).toBeGreaterThan(20);
  });
  it("knows the second person by the code, and counts a guess for both", () => {
    const world = open();
    const anna = world.enrol("anna");
    const enrolled = world.treasury().enrol("bob", anna.factor());
    if (!enrolled.ok) throw new Error(enrolled.code);
    const text = new URL(enrolled.otpauthUri).searchParams.get("secret") ?? "";
    const codeOfBob = (later: number) =>
      totpCode(base32nopad.decode(text), stepAt(world.wallMs()) + later);
    expect(world.treasury().whose(codeOfBob(0))).toBe("anna");
    world.treasury().confirmEnrolment("bob", codeOfBob(0));
    const prove = (code: string) =>
      world.treasury().prove({ who: world.treasury().whose(code), code });
    expect(world.treasury().whose(codeOfBob(1))).toBe("bob");
    expect(world.treasury().whose(anna.factor().code)).toBe("anna");
    expect(world.treasury().whose("000000")).toBe("anna");
    expect(prove(codeOfBob(1))).toEqual({ ok: true });
    expect(prove(codeOfBob(1))).toMatchObject({ code: "bad-code" });
    for (let k = 0; k < 5; k++) prove("000000");
    expect(prove(codeOfBob(2))).toMatchObject({ code: "codes-locked" });
  });
  it("keeps its secret where the books alone do not show it", () => {
    const world = open();
    const secret = world.enrol("anna").secret();
    const rows = JSON.stringify(world.books.sql.all("SELECT * FROM treasury_approvers"), (_k, v) =>
      typeof v === "bigint" ? `${v}` : v,
    );
    for (const form of ["hex", "base64", "latin1"] as const) {
      expect(rows).not.toContain(Buffer.from(secret).toString(form));
    }
    expect(JSON.stringify(world.logger.lines)).not.toContain(Buffer.from(secret).toString("hex"));
  });
});
