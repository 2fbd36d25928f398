import { lndMethods } from "@timmy/protos/lnd";
import { describe, expect, it } from "vitest";
import { bakedRights, callRights } from "./rights.ts";

const rightsOf = (name: string) => bakedRights.find((rights) => rights.name === name)?.methods;

describe("the rights of the three macaroons", () => {
  it("give each call to exactly one of them, and bakery and state to none", () => {
    const given = bakedRights.flatMap(({ methods }) => methods);
    expect(new Set(given).size).toBe(given.length);
    const called = Object.entries(lndMethods).map(([, { path }]) => path);
    const left = called.filter((path) => !given.includes(path));
    expect(left.sort()).toEqual(["/lnrpc.Lightning/BakeMacaroon", "/lnrpc.State/GetState"]);
    expect(Object.keys(callRights).sort()).toEqual(Object.keys(lndMethods).sort());
  });
  it("let earn spend nothing", () => {
    const spending = /Send|Pay|Fund|Finalize|Publish|Open|Close|Release|Sign|Connect/;
    expect(rightsOf("earn")?.filter((path) => spending.test(path))).toEqual([]);
    expect(rightsOf("earn")).toContain("/lnrpc.Lightning/AddInvoice");
  });
  it("let spend do nothing but pay and follow", () => {
    expect(rightsOf("spend")).toEqual([
      "/routerrpc.Router/SendPaymentV2",
      "/routerrpc.Router/TrackPaymentV2",
    ]);
  });
  it("contain nothing that closes, deletes, bakes, backs up or stops", () => {
    const never = /Close|Delete|Abandon|Bake|Macaroon|Backup|Stop|Seed|SendCoins|SendMany|Force/;
    const given = bakedRights.flatMap(({ methods }) => methods);
    expect(given.filter((path) => never.test(path))).toEqual([]);
  });
});
