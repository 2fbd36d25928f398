import type { Readable, Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { maxMessageBytes } from "./limits.ts";
import { createMcpServer, type McpPorts } from "./mcp-server.ts";
import { bounded } from "./tool.ts";

export interface ServedClient {
  /** Settles when the client is gone, or was sent away for what it sent. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

/** Serves one client on a transport, in the protocol's revision that the client opens with. */
export function serveMcp(ports: McpPorts, transport: Transport): ServedClient {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const served = serveStdio(() => createMcpServer(ports), {
    transport,
    onerror: ({ message }) => {
      const error = bounded(message.replace(/\s+/g, " "));
      ports.logger.warn("a client's message was not served", { error });
    },
  });
  // Whoever serves has hung its own listener here; nothing else says that a connection ended.
  const { onclose } = transport;
  transport.onclose = () => {
    onclose?.();
    resolve();
  };
  return { gone, close: () => served.close() };
}

/** The same on a pair of streams; a message that never ends is the client's last. */
export function serveMcpOnStreams(
  ports: McpPorts,
  streams: { readonly input: Readable; readonly output: Writable },
): ServedClient {
  const options = { maxBufferSize: maxMessageBytes };
  return serveMcp(ports, new StdioServerTransport(streams.input, streams.output, options));
}
