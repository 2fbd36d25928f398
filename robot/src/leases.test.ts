import { describe, expect, it } from "vitest";
import { createLease } from "./leases.ts";

describe("a motion lease", () => {
  it("lapses 300 ms after the last renewal and is lost after 2 s", () => {
    const lease = createLease("owner", 0);
    expect(lease.state(300)).toBe("held");
    expect(lease.state(301)).toBe("lapsed");
    lease.renew("owner", 400);
    expect(lease.state(700)).toBe("held");
    expect(lease.state(2401)).toBe("lost");
  });
  it("is not renewed by somebody else", () => {
    const lease = createLease("owner", 0);
    lease.renew("stranger", 200);
    expect(lease.state(400)).toBe("lapsed");
  });
  it("without a holder never lapses", () => {
    expect(createLease(null, 0).state(1e9)).toBe("held");
  });
});
