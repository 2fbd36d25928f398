import { asks } from "./attack-asks.ts";
import { booksAttacks } from "./attack-books.ts";
import { decisions } from "./attack-decisions.ts";
import { type Attack, openLab } from "./attack-lab.ts";
import { controls, runs } from "./attack-runs.ts";
import { spends } from "./attack-spends.ts";
import type { Trial } from "./trial.ts";

const attacks: readonly Attack[] = [...asks, ...decisions, ...booksAttacks, ...spends, ...runs];

type Lab = ReturnType<typeof openLab>;
const closed = new Set(["rejected", "expired", "confirmed", "failed"]);

/** What is wrong after an attack, whatever the attacker believes. */
function damageOf(lab: Lab, mayLeaveMsat: bigint): string {
  const left = lab.leftMsat();
  if (left > mayLeaveMsat) return `${left} msat left, ${mayLeaveMsat} may`;
  const [fault] = lab.world.books.ledger.verify();
  if (fault !== undefined) return fault.sentence;
  const { approvals } = lab.world.treasury().approvals();
  const open = new Set(lab.world.books.ledger.openHolds().map((hold) => hold.reference));
  const stuck = approvals.find((made) => closed.has(made.state) && open.has(made.id));
  return stuck === undefined ? "" : `a request that is ${stuck.state} still holds its money`;
}

/** The planted hole: whoever writes an approval into the books need not have the key file. */
const plantedHole = {
  keys: <Ring extends { sealed: (...args: never[]) => boolean }>(ring: Ring): Ring => ({
    ...ring,
    sealed: () => true,
  }),
};

async function carryOut(attack: Attack, seed: number, plant: boolean): Promise<string> {
  const lab = openLab({ seed, ...(plant ? plantedHole : {}), ...attack.options });
  try {
    const gain = await attack.run(lab);
    await lab.rest();
    return gain || damageOf(lab, attack.mayLeaveMsat ?? 0n);
  } catch (error) {
    return `it threw ${String(error)}`;
  } finally {
    await lab.close();
  }
}
async function failsOf(seed: number): Promise<string[]> {
  const fails: string[] = [];
  for (const control of controls) {
    const lab = openLab({ seed });
    await control.run(lab);
    if (lab.leftMsat() < control.leastMsat) fails.push(control.name);
    await lab.close();
  }
  return fails;
}

export const trial: Trial = {
  title: "Attacks on approvals, limits and the second factor",
  defaultN: attacks.length,
  async run({ n, seed, plant }) {
    const broken = await failsOf(seed);
    const passed: string[] = [];
    const families = new Set<string>();
    // A few that are spread over all of them, or all of them, over and over with other seeds.
    const stride = Math.max(1, attacks.length / n);
    for (let k = 0; k < n; k++) {
      const at = n >= attacks.length ? k % attacks.length : Math.floor(k * stride);
      const attack = attacks[at];
      if (attack === undefined) continue;
      families.add(attack.family);
      const gain = await carryOut(attack, seed + Math.floor(k / attacks.length), plant);
      if (gain === "") continue;
      passed.push(`${attack.family}: ${attack.name}`);
      console.error(`  passed: ${attack.family}: ${attack.name}: ${gain}`);
    }
    return {
      pass: passed.length === 0 && broken.length === 0,
      figures: {
        attacks: n,
        different: Math.min(n, attacks.length),
        families: families.size,
        passed: passed.length,
        firstPassed: passed[0] ?? "",
        controlsBroken: broken.join("; "),
      },
    };
  },
};
