import { describe, expect, it } from "vitest";
import { hashOf, routeOf, screens } from "./route.ts";

describe("the address", () => {
  it("names each screen and comes back from it", () => {
    for (const screen of screens) expect(routeOf(hashOf(screen)).screen).toBe(screen);
    expect(routeOf(hashOf("treasury", "ledger"))).toEqual({
      screen: "treasury",
      section: "ledger",
    });
  });
  it("is the house when it names nothing that there is", () => {
    for (const hash of ["", "#", "#/", "#/nowhere", "#treasuryx"]) {
      expect(routeOf(hash), hash).toEqual({ screen: "house", section: "" });
    }
  });
  it("takes no section that could not be an id", () => {
    expect(routeOf("#/treasury/<b>").section).toBe("");
  });
});
