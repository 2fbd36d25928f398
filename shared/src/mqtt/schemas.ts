import { z } from "zod";
import {
  callReplyPayload,
  claimPayload,
  commandPayloads,
  decideReplyPayload,
  eventPayloads,
  infoPayload,
  mapPayload,
  replyPayload,
  statePayloads,
  telemetryPayloads,
} from "./payloads.ts";

/** Every payload's JSON Schema, by file name; `npm run schemas` writes them, a test compares. */
export function exportSchemas(): Record<string, string> {
  const all: Record<string, z.ZodType> = {
    claim: claimPayload,
    info: infoPayload,
    map: mapPayload,
    reply: replyPayload,
    "reply-call": callReplyPayload,
    "reply-decide": decideReplyPayload,
  };
  const groups = {
    state: statePayloads,
    telemetry: telemetryPayloads,
    event: eventPayloads,
    cmd: commandPayloads,
  } satisfies Record<string, Record<string, z.ZodType>>;
  for (const [group, payloads] of Object.entries(groups)) {
    for (const [name, schema] of Object.entries<z.ZodType>(payloads))
      all[`${group}-${name}`] = schema;
  }
  const files: Record<string, string> = {};
  for (const [name, schema] of Object.entries(all)) {
    const json = z.toJSONSchema(schema, { io: "input" });
    files[`${name}.json`] = `${JSON.stringify({ title: `timmy/v1 ${name}`, ...json }, null, 2)}\n`;
  }
  return files;
}
