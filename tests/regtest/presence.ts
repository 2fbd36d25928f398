import { lackOfTools } from "./tools.ts";

const lack = lackOfTools();

/** Whether the tests on real nodes are left out; never where everything is required, as in CI. */
export const skipped = {
  yes: lack !== null && process.env["TIMMY_REQUIRE"] !== "all",
  reason: lack === null ? "" : ` (left out: ${lack})`,
};
