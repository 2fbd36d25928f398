import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { serveMcpOnStreams } from "@timmy/companion/mcp/serve-mcp";
import type { AgentReach } from "@timmy/companion/mcp/tool";
import { createSecretScanner } from "@timmy/shared/agent/gate-secrets";
import type { CallBody, CallRefusal } from "@timmy/shared/agent/owner-calls";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import type { Logger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { version } from "./house.ts";
import { mcpHelp, readMcpOptions } from "./mcp-options.ts";
import { findSecrets } from "./state-parts.ts";

/** The owner's line to the bodies, as far as an assistant needs it. Throws `TimmyError`. */
export type ConnectOwner = (options: {
  readonly broker: string;
  readonly data: string;
  readonly logger: Logger;
}) => Promise<AgentReach & { stop(): Promise<void> }>;

export interface McpCommandPorts {
  readonly connect: ConnectOwner;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly logger: Logger;
}

/** A secret as a memory could hold it: its text, or its bytes as digits. */
function textsOf(secret: Uint8Array): readonly string[] {
  const text = Buffer.from(secret).toString("utf8");
  // The dashes around a certificate's name are no secret, and its name is an ordinary word.
  const printed = /^[\x20-\x7e\s]+$/.test(text) ? [text.replace(/-----[^-]*-----/g, "")] : [];
  const bytes = Buffer.from(secret);
  return printed.length > 0 ? printed : [bytes.toString("hex"), bytes.toString("base64")];
}

/**
 * The line as it is there: an assistant is often started before the house is, so who cannot be
 * reached yet is tried again by the next call, which is told why it got nothing.
 */
function createReach(connect: () => ReturnType<ConnectOwner>, logger: Logger) {
  let trying: ReturnType<ConnectOwner> | null = null;
  let line: Awaited<ReturnType<ConnectOwner>> | null = null;
  async function reach(): Promise<NonNullable<typeof line> | CallRefusal> {
    if (line !== null) return line;
    trying ??= connect();
    try {
      line = await trying;
      return line;
    } catch (error) {
      trying = null;
      if (!(error instanceof TimmyError)) throw error;
      logger.warn("the agent cannot be reached yet", { code: error.code, why: error.details });
      return { ok: false, code: error.code, sentence: error.message };
    }
  }
  const call: CallBody = async (...args) => {
    const there = await reach();
    return "call" in there ? there.call(...args) : there;
  };
  return {
    call,
    async living() {
      const there = await reach();
      return "living" in there ? there.living() : there;
    },
    /** What is still being tried ends with the process. */
    stop: async () => line?.stop(),
  };
}

/** Settles when this process is asked to end. */
function asked(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("SIGTERM", () => resolve()).once("SIGINT", () => resolve());
  return promise;
}

/** `timmy mcp`: serves one assistant; answers the exit code when it is gone. */
export async function mcp(argv: readonly string[], ports: McpCommandPorts): Promise<number> {
  const { help, data, broker, node, companion } = readMcpOptions(argv);
  const { input, output, logger } = ports;
  if (help) {
    output.write(mcpHelp);
    return 0;
  }
  const time = createSystemTime();
  const line = createReach(() => ports.connect({ broker, data, logger }), logger);
  const served = serveMcpOnStreams(
    {
      ...{ call: line.call, companion, version, time, logger },
      living: node === null ? line.living : async () => ({ node }),
      makeId: createIds(time.clock, createRandom(randomBytes(4).readUInt32LE())),
      secrets: createSecretScanner(findSecrets(data).flatMap(textsOf)),
    },
    { input, output },
  );
  if (input.isTTY === true) {
    process.stderr.write("An assistant starts this by itself: see timmy mcp --help.\n");
  }
  logger.info("an assistant is served", { broker, companion, node });
  await Promise.race([served.gone, asked()]);
  await served.close();
  await line.stop();
  return 0;
}
