import { describe, expect, it } from "vitest";
import { checkWithdrawal, destinationOf, invoiceAmountMsat, readCode } from "./money-forms.ts";

describe("a code", () => {
  it("has six digits, with or without the gap in the middle", () => {
    expect([readCode("123456"), readCode(" 123 456 ")]).toEqual(["123456", "123456"]);
  });
  it("is nothing else", () => {
    for (const text of ["", "12345", "1234567", "12345a", "\u0661\u0662\u0663\u0664\u0665\u0666"]) {
      expect(readCode(text), text).toBeNull();
    }
  });
});

describe("a destination", () => {
  it("is told by its prefix", () => {
    expect(destinationOf("lnbcrt2500u1pvjluez")).toBe("invoice");
    expect(destinationOf("LIGHTNING:LNBC20M1PVJLUEZ")).toBe("invoice");
    expect(destinationOf("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")).toBe("address");
    expect(destinationOf("2N3oefVeg6stiTb5Kh3ozCSkaqmx91FDbsm")).toBe("address");
    expect(destinationOf(`03${"ab".repeat(32)}`)).toBe("node");
    for (const text of ["", "alice@example.org", "lnurl1dp68gurn8ghj7", "0x12"]) {
      expect(destinationOf(text), text).toBe("unknown");
    }
  });
});

describe("an invoice's amount", () => {
  // Amounts of the examples in BOLT11, "Examples": 2500u, 20m, 25m, 9678785340p.
  it("is read in all multipliers, to the millisatoshi", () => {
    const amounts = ["lnbc2500u1pvjluez", "lnbc20m1pvjluez", "lnbc25m1p", "lnbc9678785340p1pwm"];
    expect(amounts.map(invoiceAmountMsat)).toEqual([
      250_000_000n,
      2_000_000_000n,
      2_500_000_000n,
      967_878_534n,
    ]);
    expect(invoiceAmountMsat("lnbcrt10n1pabc")).toBe(1000n);
  });
  it("is absent where the payer chooses, and where it is no whole millisatoshi", () => {
    for (const text of ["lnbc1pvjluez", "lnbc25p1pabc", "bcrt1q", ""]) {
      expect(invoiceAmountMsat(text), text).toBeNull();
    }
  });
});

describe("a withdrawal", () => {
  const whole = { amount: "150 000", destination: "bcrt1qw508d6qej", feeCap: "800", why: "Rent" };
  it("goes out in millisatoshi", () => {
    expect(checkWithdrawal(whole)).toEqual({
      ok: true,
      value: {
        amount_msat: "150000000",
        destination: "bcrt1qw508d6qej",
        fee_cap_msat: "800000",
        why: "Rent",
      },
    });
  });
  it("takes the amount that an invoice names, whatever stands in the field", () => {
    const invoice = { ...whole, amount: "", destination: "lightning:lnbcrt10u1pabc" };
    expect(checkWithdrawal(invoice)).toMatchObject({
      ok: true,
      value: { amount_msat: "1000000", destination: "lnbcrt10u1pabc" },
    });
  });
  it("names every field that is wrong at once", () => {
    const checked = checkWithdrawal({ amount: "1.5", destination: "you", feeCap: "", why: " " });
    expect(checked.ok).toBe(false);
    const errors = checked.ok ? {} : checked.errors;
    expect(Object.keys(errors).sort()).toEqual(["amount", "destination", "feeCap", "why"]);
  });
});
