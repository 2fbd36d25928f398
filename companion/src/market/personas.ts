/** One of the six characters that work for this house: data, so that a seventh is only an entry. */
export interface Persona {
  readonly id: string;
  readonly name: string;
  /** What it sells; the word that earnings are grouped by. */
  readonly service: string;
  readonly does: string;
  /** Stems of words that speak for it, each with how strongly (0 to 1). */
  readonly words: Readonly<Record<string, number>>;
  /** What a unit of its work costs; complexity is counted in these units. */
  readonly ratePerUnitMsat: bigint;
}

export const personas: readonly Persona[] = [
  {
    id: "echo",
    name: "Echo",
    service: "research",
    does: "finds things out and says where they stand",
    words: {
      research: 0.8,
      find: 0.4,
      search: 0.5,
      source: 0.4,
      compar: 0.3,
      summar: 0.4,
      look: 0.2,
    },
    ratePerUnitMsat: 10_000n,
  },
  {
    id: "mace",
    name: "Mace",
    service: "security",
    does: "looks for holes and closes them",
    words: {
      secur: 0.8,
      audit: 0.6,
      vulnerab: 0.7,
      threat: 0.6,
      password: 0.5,
      attack: 0.5,
      encrypt: 0.5,
    },
    ratePerUnitMsat: 20_000n,
  },
  {
    id: "helm",
    name: "Helm",
    service: "operations",
    does: "keeps machines and the robot going",
    words: {
      deploy: 0.7,
      monitor: 0.6,
      server: 0.5,
      robot: 0.6,
      drive: 0.5,
      patrol: 0.7,
      backup: 0.6,
      start: 0.2,
    },
    ratePerUnitMsat: 12_000n,
  },
  {
    id: "seer",
    name: "Seer",
    service: "analysis",
    does: "reads numbers and says what they mean",
    words: {
      analy: 0.8,
      dataset: 0.6,
      data: 0.4,
      chart: 0.5,
      forecast: 0.7,
      trend: 0.6,
      statist: 0.7,
      number: 0.3,
    },
    ratePerUnitMsat: 15_000n,
  },
  {
    id: "forge",
    name: "Forge",
    service: "code",
    does: "writes programs and mends them",
    words: {
      code: 0.7,
      python: 0.6,
      typescript: 0.6,
      function: 0.5,
      program: 0.6,
      bug: 0.6,
      test: 0.4,
      refactor: 0.7,
    },
    ratePerUnitMsat: 18_000n,
  },
  {
    id: "quill",
    name: "Quill",
    service: "writing",
    does: "writes and edits texts",
    words: {
      write: 0.3,
      text: 0.5,
      article: 0.7,
      letter: 0.6,
      edit: 0.6,
      essay: 0.7,
      translat: 0.6,
      document: 0.5,
    },
    ratePerUnitMsat: 10_000n,
  },
];

/** An agent is a persona at work: "forge-001" is the first of the forges. */
export interface MarketAgent {
  readonly id: string;
  readonly persona: Persona;
}

/** One agent of each persona. */
export const houseAgents: readonly MarketAgent[] = personas.map((persona) => ({
  id: `${persona.id}-001`,
  persona,
}));
