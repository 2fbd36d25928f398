/** Lateness of a 1 kHz sleep, microseconds. */
export interface Lateness {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** What rtd says of itself after a run (hosts/linux/figures.c). */
export interface RtdFigures extends Lateness {
  readonly tier: string;
  readonly fifo: boolean;
  readonly memoryLocked: boolean;
  readonly preemptRt: boolean;
  readonly ticks: number;
  readonly edges: number;
  readonly lostEdges: number;
  readonly writeMeanUs: number;
  readonly writeMaxUs: number;
}

export interface Measurements {
  readonly platform: string;
  readonly sleep: Lateness;
  /** Null: not built here. A string: why it did not run. */
  readonly rtd: RtdFigures | string | null;
  /** True when rtd ran with the robot's pins. */
  readonly pins: boolean;
  /** Null: none was named. A string: why it does not answer. */
  readonly link:
    | { readonly p50Ms: number; readonly maxMs: number; readonly tier: string }
    | string
    | null;
  /** Highest FIFO priority that this account may ask for; null where nobody says. */
  readonly realtimePriority: number | null;
  /** Bytes that this account may lock; null where nobody says. */
  readonly lockableBytes: number | null;
  /** Null: this machine does not measure its supply. */
  readonly undervoltage: { readonly now: boolean; readonly before: boolean } | null;
}

export interface Finding {
  readonly id: string;
  readonly level: "good" | "note" | "bad";
  readonly sentence: string;
  /** What a person can do; empty when nothing need be done. */
  readonly remedy: string;
}

export interface DoctorReport {
  readonly tier: string;
  readonly findings: readonly Finding[];
  readonly measurements: Measurements;
}

/** A loop of 1 kHz that is later than this once in a hundred ticks misses ticks. */
const lateUs = 1000;
/** A link slower than this eats up a set-point's life of 150 ms. */
const slowMs = 50;
const neededPriority = 81;
const neededLockBytes = 64 * 1024 * 1024;

const good = (id: string, sentence: string): Finding => ({
  id,
  level: "good",
  sentence,
  remedy: "",
});
const note = (id: string, sentence: string, remedy: string): Finding => ({
  id,
  level: "note",
  sentence,
  remedy,
});
const bad = (id: string, sentence: string, remedy: string): Finding => ({
  id,
  level: "bad",
  sentence,
  remedy,
});
const inWords = ({ p50Us, p99Us, maxUs }: Lateness): string =>
  `half of all ticks are at most ${p50Us} us late, 99 of 100 at most ${p99Us} us, the worst ${maxUs} us`;

function sleepFinding({ sleep }: Measurements): Finding {
  const sentence = `A thread of Node that sleeps 1 ms: ${inWords(sleep)}.`;
  if (sleep.p99Us < lateUs) return good("node-jitter", sentence);
  return note(
    "node-jitter",
    sentence,
    "That is why no control loop runs in Node; leave it to a core.",
  );
}

function rtdFindings({ rtd, pins }: Measurements): Finding[] {
  if (rtd === null) {
    const remedy = "To measure it, build it: node scripts/build-rtd.ts (Linux, a C compiler).";
    return [note("rtd", "rtd, the core's host on Linux, is not built here.", remedy)];
  }
  if (typeof rtd === "string") {
    return [bad("rtd", `rtd did not run: ${rtd}.`, "Is timmy-rtd.service running? Stop it first.")];
  }
  const late = `rtd at 1 kHz: ${inWords(rtd)}.`;
  const findings = [
    rtd.p99Us < lateUs
      ? good("rtd-jitter", late)
      : (pins ? bad : note)(
          "rtd-jitter",
          late,
          "Take load off this machine, or isolate a processor for it.",
        ),
  ];
  if (rtd.fifo && rtd.memoryLocked && rtd.preemptRt) {
    findings.push(good("rtd-tier", "rtd has FIFO, locked memory and a PREEMPT_RT kernel: firm."));
  } else {
    const lacks = [
      rtd.fifo ? "" : "the right to SCHED_FIFO",
      rtd.memoryLocked ? "" : "the right to lock memory",
      rtd.preemptRt ? "" : "a PREEMPT_RT kernel",
    ].filter((text) => text !== "");
    const remedy = "Start it by hardware/systemd/timmy-rtd.service, on a kernel with PREEMPT_RT.";
    findings.push(
      note("rtd-tier", `rtd is soft, at 0.2 m/s at most: it lacks ${lacks.join(" and ")}.`, remedy),
    );
  }
  return findings;
}

function pinFindings({ rtd, pins }: Measurements): Finding[] {
  if (!pins || rtd === null || typeof rtd === "string") {
    const remedy = "On the robot, name its pins: --rtd-config /etc/timmy/rtd.conf.";
    return [note("pins", "No pins were tried: PWM write time and edge rate are unknown.", remedy)];
  }
  const written = `Writing the pins and PWM of one tick takes ${rtd.writeMeanUs} us, at worst ${rtd.writeMaxUs} us.`;
  const rate = Math.round((rtd.edges * 1000) / Math.max(1, rtd.ticks));
  const edges = `${rate} edges a second came from encoders and sonars, ${rtd.lostEdges} were lost.`;
  return [
    rtd.writeMaxUs < lateUs / 2
      ? good("pwm-write", written)
      : bad("pwm-write", written, "Use the processor's own PWM, not one behind I2C."),
    rtd.lostEdges > 0
      ? bad("edge-rate", edges, "Use a motor board (Pico) for encoders this fast.")
      : rate === 0
        ? note("edge-rate", edges, "Turn the wheels by hand while the doctor looks.")
        : good("edge-rate", edges),
  ];
}

function linkFinding({ link }: Measurements): Finding {
  if (link === null) {
    return note(
      "link",
      "No core was asked.",
      "Name it: --core SOCKET, or --serial PATTERN for a cable.",
    );
  }
  if (typeof link === "string") {
    return bad(
      "link",
      `The core does not answer: ${link}.`,
      "Check the cable, its power, and who else holds it.",
    );
  }
  const sentence = `The core (${link.tier}) answers in ${link.p50Ms} ms, at worst in ${link.maxMs} ms.`;
  return link.maxMs < slowMs
    ? good("link", sentence)
    : note("link", sentence, "Use the board's own USB or a faster line.");
}

function rightsFindings({ realtimePriority, lockableBytes }: Measurements): Finding[] {
  if (realtimePriority === null || lockableBytes === null) {
    return [note("rights", "This system does not tell its limits.", "")];
  }
  const remedy = "timmy-rtd.service grants it: LimitRTPRIO=90, LimitMEMLOCK=infinity.";
  const may = realtimePriority >= neededPriority;
  const locks = lockableBytes >= neededLockBytes;
  return [
    may
      ? good("scheduling", "This account may ask for real-time priority.")
      : note(
          "scheduling",
          "This account may not ask for the real-time priority that rtd wants.",
          remedy,
        ),
    locks
      ? good("memory-lock", "This account may lock rtd's memory.")
      : note("memory-lock", "This account may not lock as much memory as rtd wants.", remedy),
  ];
}

function supplyFinding({ undervoltage }: Measurements): Finding {
  if (undervoltage === null) {
    return note("supply", "This machine does not measure its supply voltage.", "");
  }
  const remedy =
    "Use a stronger supply or a shorter cable: a computer that browns out takes the robot with it.";
  if (undervoltage.now) return bad("supply", "The supply voltage is too low now.", remedy);
  if (undervoltage.before) {
    return bad("supply", "The supply voltage was too low at least once since the start.", remedy);
  }
  return good("supply", "The supply voltage was never too low since the start.");
}

function tierOf({ link, rtd }: Measurements): string {
  if (link !== null && typeof link !== "string") return link.tier;
  if (rtd !== null && typeof rtd !== "string") return rtd.tier;
  return "simulated";
}

/** What measurements mean: a tier, and a sentence with a remedy for each thing that was looked at. */
export function judge(measurements: Measurements): DoctorReport {
  return {
    tier: tierOf(measurements),
    findings: [
      sleepFinding(measurements),
      ...rtdFindings(measurements),
      ...pinFindings(measurements),
      linkFinding(measurements),
      ...rightsFindings(measurements),
      supplyFinding(measurements),
    ],
    measurements,
  };
}

export const isHealthy = (report: DoctorReport): boolean =>
  report.findings.every(({ level }) => level !== "bad");

const marks = { good: "ok  ", note: "note", bad: "BAD " } as const;
const tierSentences: Readonly<Record<string, string>> = {
  hard: "hard: a motor board keeps time by itself, whatever this computer does.",
  firm: "firm: this computer keeps time well enough for full speed.",
  soft: "soft: this computer keeps time most of the time; the core caps the speed.",
  simulated: "simulated: fit for the simulator; no real core was found here.",
};

/** For a person: the tier, then a line for each finding and one for what to do about it. */
export function inPlainText(report: DoctorReport): string {
  const lines = [`Tier: ${tierSentences[report.tier] ?? report.tier}`, ""];
  for (const { level, sentence, remedy } of report.findings) {
    lines.push(`${marks[level]}  ${sentence}`);
    if (remedy !== "") lines.push(`      ${remedy}`);
  }
  const failed = report.findings.filter(({ level }) => level === "bad").length;
  lines.push("", failed === 0 ? "Nothing is wrong." : `${failed} to mend before it drives.`);
  return `${lines.join("\n")}\n`;
}
