import { afterAll, beforeAll, describe } from "vitest";
import {
  cancelCases,
  creationCases,
  lookupCases,
  subscriptionCases,
} from "./contract/invoice-cases.ts";
import { balanceCases, healthCases, walletCases } from "./contract/node-cases.ts";
import { payingCases, refusalCases, trackingCases } from "./contract/payment-cases.ts";
import type { ContractFixture } from "./contract-fixture.ts";

/** A real network needs its time; the mock never comes near it. */
const caseTimeoutMs = 90_000;
const networkTimeoutMs = 300_000;

/** The cases that every backend passes, on a fixture that is made once. */
export function lightningContract(name: string, make: () => Promise<ContractFixture>): void {
  describe(`${name} as a Lightning backend`, { timeout: caseTimeoutMs }, () => {
    let fixture: ContractFixture | null = null;
    const world = () => {
      if (fixture === null) throw new Error("the fixture was not made");
      return fixture;
    };
    beforeAll(async () => {
      fixture = await make();
    }, networkTimeoutMs);
    afterAll(() => fixture?.stop(), networkTimeoutMs);

    healthCases(world);
    creationCases(world);
    lookupCases(world);
    cancelCases(world);
    subscriptionCases(world);
    payingCases(world);
    refusalCases(world);
    trackingCases(world);
    balanceCases(world);
    walletCases(world);
  });
}
