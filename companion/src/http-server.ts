import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { type ErrorCode, TimmyError, toProblem } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { type WebSocket, WebSocketServer } from "ws";
import type { HttpApp } from "./http-app.ts";
import { createJoystick, type Joystick } from "./joystick.ts";
import { maxJoystickBytes } from "./limits.ts";
import { judgeRequest } from "./request-guard.ts";
import type { RobotGateway } from "./robot-gateway.ts";
import type { Sessions } from "./sessions.ts";

export interface HttpServerPorts {
  readonly http: HttpApp;
  readonly gateway: Pick<RobotGateway, "drive">;
  readonly sessions: Sessions;
  readonly hosts: () => readonly string[];
  readonly time: Time;
  readonly logger: Logger;
}

/** Close code of a joystick that a newer one replaced (RFC 6455, section 7.4.2: private use). */
const replacedCode = 4000;

function judgeUpgrade(request: IncomingMessage, ports: HttpServerPorts): ErrorCode | null {
  const path = request.url?.split("?")[0] ?? "";
  const { host, origin, cookie } = request.headers;
  const head = { method: request.method ?? "", path, host, origin, cookie, upgrade: true };
  const code = judgeRequest(head, ports.hosts(), ports.sessions);
  return code ?? (path === "/api/robot/joystick" ? null : "not-found");
}

function refuseUpgrade(socket: Duplex, code: ErrorCode): void {
  const body = JSON.stringify(toProblem(code));
  const head = [
    `HTTP/1.1 ${toProblem(code).status} Refused`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** The sockets around the HTTP app: a server and the joystick's WebSocket. */
export class HttpServer {
  readonly #ports: HttpServerPorts;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  #stick: { readonly ws: WebSocket; readonly joystick: Joystick } | null = null;

  constructor(ports: HttpServerPorts) {
    this.#ports = ports;
    const answer = getRequestListener(ports.http.app.fetch);
    this.#server = createServer((request, response) => {
      answer(request, response).catch((error: unknown) => {
        ports.logger.error("a connection failed", { error: String(error) });
        response.destroy();
      });
    });
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: maxJoystickBytes });
    this.#server.on("upgrade", (request, socket, head) => {
      // A socket that dies in the middle of an upgrade is nothing to crash for.
      socket.on("error", () => socket.destroy());
      const code = judgeUpgrade(request, ports);
      if (code === null) {
        this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#hold(ws));
      } else {
        ports.http.countRefusal(code);
        refuseUpgrade(socket, code);
      }
    });
  }

  /** Listens and answers the port; throws `port-taken` when it is not free. */
  async start(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const taken = error.code === "EADDRINUSE";
        reject(taken ? new TimmyError("port-taken", `Port ${port}.`, { cause: error }) : error);
      });
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets the joystick go, ends the streams, closes every connection. */
  async stop(): Promise<void> {
    this.#stick?.joystick.close();
    this.#stick?.ws.terminate();
    this.#ports.http.close();
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  /** One hand on the joystick: the newest. */
  #hold(ws: WebSocket): void {
    const { gateway, time, logger } = this.#ports;
    this.#stick?.joystick.close();
    this.#stick?.ws.close(replacedCode, "another joystick took over");
    let told: ErrorCode | null = null;
    const joystick = createJoystick(time, (linear, angular) => {
      const answer = gateway.drive(linear, angular);
      if (answer.code !== null && answer.code !== told && ws.readyState === ws.OPEN) {
        ws.send(JSON.stringify(toProblem(answer.code, answer.sentence)));
      }
      told = answer.code;
    });
    this.#stick = { ws, joystick };
    ws.on("message", (message) => {
      if (this.#stick?.ws !== ws) return;
      if (!joystick.message(String(message))) ws.close(1008, "not understood");
    });
    ws.on("error", (error) => logger.warn("joystick failed", { error: String(error) }));
    ws.on("close", () => {
      joystick.close();
      if (this.#stick?.ws === ws) this.#stick = null;
    });
  }
}
