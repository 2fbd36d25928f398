import { type Attack, agent, got, hourMs, type Lab, sat } from "./attack-lab.ts";

const digests: readonly [name: string, of: (digest: string, other: string) => unknown][] = [
  ["none", () => ""],
  ["that of another request", (_, other) => other],
  ["in capitals", (digest) => digest.toUpperCase()],
  ["cut short", (digest) => digest.slice(0, 63)],
  ["with a space", (digest) => `${digest} `],
  ["its first half twice", (digest) => digest.slice(0, 32).repeat(2)],
  ["zeros", () => "0".repeat(64)],
  ["undefined", () => undefined],
  ["null", () => null],
  ["true", () => true],
  ["a list of it", (digest) => [digest]],
  ["an object that prints it", (digest) => ({ toString: () => digest })],
  ["a String object", (digest) => Object(digest)],
];
const swapped: readonly Attack[] = digests.map(([name, of]) => ({
  family: "digest",
  name: `approves with a digest that is ${name}`,
  run(lab) {
    const [made, other] = [lab.waiting(), lab.waiting()];
    return got(lab.approve(made, { digest: of(made.digest, other.digest) as string }));
  },
}));

const people = [
  ...["bob", "Anna", "anna ", " anna", "ANNA", "аnna", "", "owner", "timmy", "__proto__"],
  ...["constructor", "' OR 1=1 --", "anna'; --", "person:anna", "agent:forge", "anna\u0000"],
];
const approvers: readonly Attack[] = people.map((who) => ({
  family: "approver",
  name: `approves as ${JSON.stringify(who)} with a good code`,
  run: (lab) => got(lab.approve(lab.waiting(), { ...lab.anna.factor(), who })),
}));

const codes: readonly [name: string, code: unknown][] = [
  ["none", ""],
  ["zeros", "000000"],
  ["five digits", "12345"],
  ["seven digits", "1234567"],
  ["letters", "abcdef"],
  ["digits of another script", "١٢٣٤٥٦"],
  ["full-width digits", "１２３４５６"],
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["a number", 123456],
  ["an object", {}],
  ["SQL", "' OR '1'='1"],
];
const wrongCodes: readonly Attack[] = codes.map(([name, code]) => ({
  family: "code",
  name: `approves with a code that is ${name}`,
  run: (lab) => got(lab.approve(lab.waiting(), { code: code as string })),
}));
const goodCodeForms: readonly [name: string, of: (code: string) => unknown][] = [
  ["with a space before", (code) => ` ${code}`],
  ["with a newline", (code) => `${code}\n`],
  ["as a number", (code) => Number(code)],
  ["in a list", (code) => [code]],
  ["as an object that prints it", (code) => ({ toString: () => code })],
  ["turned round", (code) => `${[...code].reverse().join("")}x`],
];
const forms: readonly Attack[] = goodCodeForms.map(([name, of]) => ({
  family: "code",
  name: `approves with a good code ${name}`,
  run(lab) {
    const { code } = lab.anna.factor();
    return got(lab.approve(lab.waiting(), { code: of(code) as string }));
  },
}));

/** A code that was used for something else is seen on the wire and tried again. */
function replay(name: string, between: (lab: Lab) => Promise<void> | void): Attack {
  return {
    family: "replay",
    name: `uses a code again ${name}`,
    async run(lab) {
      const seen = lab.anna.factor();
      lab.world.treasury().setKillSwitch(false, seen);
      const made = lab.waiting();
      await between(lab);
      return got(lab.approve(made, seen));
    },
  };
}
const replays: readonly Attack[] = [
  replay("at once", () => {}),
  replay("after a restart", (lab) => lab.world.restart()),
  replay("a step later", (lab) => lab.world.pass(30_000)),
  replay("two steps later", (lab) => lab.world.pass(60_000)),
  replay("after the clock went back a step", (lab) => lab.world.jumpWall(-30_000)),
  replay("after the clock went back a day", (lab) => lab.world.jumpWall(-24 * hourMs)),
  replay("after a restart and a clock that went back", (lab) => {
    lab.world.restart();
    lab.world.jumpWall(-30_000);
  }),
  replay("after the row of the approver was turned back", (lab) =>
    lab.raw("treasury_approvers", "UPDATE treasury_approvers SET last_step = -1, wrong = 0"),
  ),
  replay("after a wrong one", (lab) => {
    lab.approve(lab.waiting(), { code: "000000" });
  }),
  replay("of an approval, for the next one", (lab) => {
    lab.approve(lab.waiting(), { code: "111111" });
  }),
];

/** Guesses; `between` is what the guesser does about the lock. */
function brute(name: string, tries: number, between: (lab: Lab, k: number) => void): Attack {
  return {
    family: "brute force",
    name: `${tries} codes ${name}`,
    run(lab) {
      const made = lab.waiting();
      let judged = 0;
      for (let k = 0; k < tries; k++) {
        const code = String((k * 7919) % 1_000_000).padStart(6, "0");
        const decision = { digest: made.digest, who: "anna", code };
        const result = lab.world.treasury().approve(made.id, decision);
        if (result.ok) return "a guess was right";
        if (result.code === "bad-code") judged++;
        between(lab, k);
      }
      return judged > 4 ? `${judged} guesses were judged without a lock` : "";
    },
  };
}
const guesses: readonly Attack[] = [
  brute("in a row", 1000, () => {}),
  brute("with restarts between", 50, (lab, k) => {
    if (k % 4 === 3) lab.world.restart();
  }),
  brute("with the clock put forward", 100, (lab) => lab.world.jumpWall(60_000)),
  brute("with the clock put back and forth", 100, (lab, k) =>
    lab.world.jumpWall(k % 2 === 0 ? hourMs : -hourMs),
  ),
  brute("with a long downtime between", 20, (lab, k) => {
    if (k % 5 === 4) lab.world.restart(24 * hourMs);
  }),
];

const others: readonly Attack[] = [
  ...["person:anna"].flatMap((requestedBy): Attack[] =>
    (["owner", agent] as const).map((party) => ({
      family: "self approval",
      name: `anna approves what she asked for herself, for ${party}`,
      run: (lab) => got(lab.approve(lab.waiting({ requestedBy: requestedBy as "timmy", party }))),
    })),
  ),
  {
    family: "closed",
    name: "approves what was denied",
    run(lab) {
      const made = lab.waiting();
      lab.world.treasury().deny(made.id, { digest: made.digest, ...lab.anna.factor() });
      return got(lab.approve(made));
    },
  },
  {
    family: "closed",
    name: "denies and so frees the money of what was approved",
    mayLeaveMsat: 60_700n * sat,
    run(lab) {
      const made = lab.approved();
      return got(lab.world.treasury().deny(made.id, { digest: made.digest, ...lab.anna.factor() }));
    },
  },
  ...["nothing", "' OR 1=1 --", "__proto__", ""].map(
    (id): Attack => ({
      family: "closed",
      name: `approves a request that is called ${JSON.stringify(id)}`,
      run(lab) {
        const made = lab.waiting();
        return got(lab.world.treasury().approve(id, { digest: made.digest, ...lab.anna.factor() }));
      },
    }),
  ),
];

/** Requests that are too old, and clocks that say otherwise. */
function expired(name: string, wait: (lab: Lab) => Promise<void> | void): Attack {
  return {
    family: "expired",
    name: `approves after seven days ${name}`,
    async run(lab) {
      const made = lab.waiting(lab.toAddress);
      await wait(lab);
      return got(lab.approve(made));
    },
  };
}
const week = 7 * 24 * hourMs;
const late: readonly Attack[] = [
  expired("of waiting", (lab) => lab.world.pass(week)),
  expired("of downtime", (lab) => lab.world.restart(week)),
  expired("and a clock put back by a month", async (lab) => {
    lab.world.jumpWall(-4 * week);
    await lab.world.pass(week);
  }),
  expired("when it was closed and the clock then put back", async (lab) => {
    lab.world.jumpWall(week);
    await lab.rest();
    lab.world.jumpWall(-week);
  }),
  {
    family: "expired",
    name: "has an approval carried out after the request's end",
    async run(lab) {
      lab.world.backend.setNode("away");
      lab.world.treasury().setKillSwitch(true);
      lab.world.treasury().setKillSwitch(false, lab.anna.factor());
      const made = lab.approved(lab.toAddress);
      lab.world.jumpWall(week);
      lab.world.backend.setNode("active");
      await lab.rest();
      return lab.world.treasury().approval(made.id)?.state === "expired" ? "" : "it did not expire";
    },
  },
];

export const decisions: readonly Attack[] = [
  ...swapped,
  ...approvers,
  ...wrongCodes,
  ...forms,
  ...replays,
  ...guesses,
  ...others,
  ...late,
];
