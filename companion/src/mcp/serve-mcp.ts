import type { Readable, Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/server";
import {
  type StdioServerHandle,
  StdioServerTransport,
  serveStdio,
} from "@modelcontextprotocol/server/stdio";
import { maxMessageBytes, maxSentenceChars } from "./limits.ts";
import { createMcpServer, type McpPorts } from "./mcp-server.ts";
import { bounded } from "./tool.ts";

/** Serves one client on a transport, in the protocol's revision that the client opens with. */
export function serveMcp(ports: McpPorts, transport: Transport): StdioServerHandle {
  return serveStdio(() => createMcpServer(ports), {
    transport,
    onerror: (error) => {
      ports.logger.warn("a client's message was not served", {
        error: bounded(error.message, maxSentenceChars),
      });
    },
  });
}

/** The same on a pair of streams; ends by itself when the input ends. */
export function serveMcpOnStreams(
  ports: McpPorts,
  streams: { readonly input: Readable; readonly output: Writable },
): StdioServerHandle {
  const options = { maxBufferSize: maxMessageBytes };
  return serveMcp(ports, new StdioServerTransport(streams.input, streams.output, options));
}
