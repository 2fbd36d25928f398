/** The topics of `timmy/v1` (interfaces.md). A node's name is [a-z0-9_-]{1,32}. */
export const topicRoot = "timmy/v1";
export const nodePattern = /^[a-z0-9_-]{1,32}$/;

/** State of a robot; a companion says `treasury`. */
export const robotStateGroups = [
  "power",
  "pose",
  "drive",
  "range",
  "safety",
  "system",
  "mind",
] as const;
export type RobotStateGroup = (typeof robotStateGroups)[number];
export const stateGroups = [...robotStateGroups, "treasury"] as const;
export type StateGroup = (typeof stateGroups)[number];
export const telemetryStreams = ["imu", "encoders", "range", "path"] as const;
export type TelemetryStream = (typeof telemetryStreams)[number];
export const robotEventKinds = ["stop", "collision", "spoke", "task", "error"] as const;
export type RobotEventKind = (typeof robotEventKinds)[number];
/** A companion tells of payments. */
export const eventKinds = [...robotEventKinds, "payment"] as const;
export type EventKind = (typeof eventKinds)[number];
export const commandNames = [
  "hear",
  "plan",
  "drive",
  "goto",
  "say",
  "stop",
  "estop",
  "reset",
  "lease",
  "call",
  "decide",
] as const;
export type CommandName = (typeof commandNames)[number];

/** Where the body in which an agent lives says so; no node may be called "agent". */
export const claimTopic = (agentId: string): string => `${topicRoot}/agent/${agentId}`;

/** The topics of one node. */
export function topicsOf(node: string) {
  const root = `${topicRoot}/${node}`;
  return {
    status: `${root}/status`,
    info: `${root}/info`,
    map: `${root}/map`,
    state: (group: StateGroup) => `${root}/state/${group}`,
    telemetry: (stream: TelemetryStream) => `${root}/telemetry/${stream}`,
    event: (kind: EventKind) => `${root}/event/${kind}`,
    command: (name: CommandName) => `${root}/cmd/${name}`,
    reply: (id: string) => `${root}/reply/${id}`,
    allCommands: `${root}/cmd/+`,
    allReplies: `${root}/reply/+`,
    everything: `${root}/#`,
  } as const;
}

export interface TopicParts {
  readonly node: string;
  readonly kind: string;
  readonly name: string;
}

/** Takes a topic apart; null when it is not one of ours. */
export function parseTopic(topic: string): TopicParts | null {
  const parts = topic.split("/");
  const [root, version, node, kind, name = ""] = parts;
  if (`${root}/${version}` !== topicRoot || node === undefined || kind === undefined) return null;
  if (!nodePattern.test(node) || parts.length > 5) return null;
  return { node, kind, name };
}
