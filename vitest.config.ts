import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/dist/**", ".cache/**"];

/** Six kinds of tests; each name says what it may touch. See CONTRIBUTING.md. */
export default defineConfig({
  test: {
    // By itself vitest leaves one processor free, which on two means one at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{shared,protos,hardware,firmware-bridge,robot,sim,companion}/**/*.test.{ts,tsx}",
            "cli/**/*.test.ts",
            "tests/{tidy,zero-cloud}/*.test.ts",
          ],
          exclude: [...exclude, "**/*.contract.test.ts"],
          // A shared machine may stand still for seconds; no test here measures its speed.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "contract",
          include: [
            "{shared,hardware,firmware-bridge,robot,sim,companion,tests}/**/*.contract.test.ts",
          ],
          exclude,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/{integration,agent,fake-lnd,fake-ollama,state}/**/*.test.ts"],
          exclude: [...exclude, "**/*.contract.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "hil",
          include: ["tests/{hil,trials}/**/*.test.ts"],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "journey",
          include: ["tests/journeys/**/*.test.ts"],
          exclude,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // Houses of real processes mostly wait: two at a time, after everything else.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "regtest",
          include: ["tests/regtest/**/*.test.ts"],
          exclude,
          globalSetup: ["tests/regtest/prepare-tools.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // A network is five programs and each file has its own: one at a time, at the end.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
