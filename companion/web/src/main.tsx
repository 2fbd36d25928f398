import { signal } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { createDashboardState, whyNoMotion } from "./core/dashboard-state.ts";
import type { DriveInput } from "./core/drive-input.ts";
import { noDrive } from "./core/drive-input.ts";
import type { Route } from "./core/route.ts";
import { routeOf, screenNames } from "./core/route.ts";
import type { Action } from "./core/store.ts";
import { reduce } from "./core/store.ts";
import { renewMs, silenceCheckMs } from "./limits.ts";
import type { Screens } from "./screens.tsx";
import { followAddress } from "./shell/address.ts";
import { createAgentApi } from "./shell/agent-api.ts";
import { startEventStream } from "./shell/event-stream.ts";
import { createJoystick } from "./shell/joystick.ts";
import { startKeyboard } from "./shell/keyboard.ts";
import { createMoneyApi } from "./shell/money-api.ts";
import { createRobotApi } from "./shell/robot-api.ts";
import type { ThemeChoice } from "./shell/theme.ts";
import { startTheme } from "./shell/theme.ts";
import "./style/tokens.css";
import "./style/layout.css";
import "./style/parts.css";
import "./style/conversation.css";
import "./style/screens.css";
import "./style/money.css";
import "./style/forms.css";
import "./style/mind.css";
import "./style/agent.css";
import "./style/phone.css";
import type { Dash, DriveStatus } from "./ui/dash.ts";

/** The only place where real clocks, sockets and storage are taken hold of. */
const monotonicMs = (): number => performance.now();
const afterMs = (delayMs: number, run: () => void): void => {
  setTimeout(run, delayMs);
};

const state = signal(createDashboardState(monotonicMs()));
const nowMs = signal(monotonicMs());
const dispatch = (action: Action): void => {
  state.value = reduce(state.value, action);
};

/** The page itself carries the session cookie; a failure shows in whatever is tried next. */
async function renewSession(): Promise<void> {
  await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(renewMs) }).catch(() => {});
}

const api = createRobotApi({
  renewSession,
  fetch: (path, init) => fetch(path, init),
  dispatch,
  nowMs: monotonicMs,
  wallMs: () => Date.now(),
  stopIsPending: () => state.value.stopRequest.phase === "sending",
  pause: (delayMs) => new Promise((resolve) => afterMs(delayMs, resolve)),
});

const agent = createAgentApi({
  renewSession,
  fetch: (path, init) => fetch(path, init),
  dispatch,
  nowMs: monotonicMs,
  wallMs: () => Date.now(),
});
const money = createMoneyApi({
  renewSession,
  fetch: (path, init) => fetch(path, init),
  dispatch,
  nowMs: monotonicMs,
});
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

const driveStatus = signal<DriveStatus>("closed");
const held = signal<DriveInput>(noDrive);
const joystick = createJoystick({
  connect: () =>
    new WebSocket(new URL("/api/robot/joystick", location.href.replace(/^http/, "ws"))),
  every: (periodMs, run) => {
    const handle = setInterval(run, periodMs);
    return () => clearInterval(handle);
  },
  maxSpeedMps: () => state.value.info?.max_speed_mps ?? 0,
  onChange: (status) => {
    driveStatus.value = status;
  },
});
function hold(input: DriveInput): void {
  const next = whyNoMotion(state.value) === null ? input : noDrive;
  held.value = next;
  joystick.hold(next);
}
function switchDrive(on: boolean): void {
  hold(noDrive);
  if (on) joystick.open();
  else joystick.close();
}
function stop(): void {
  hold(noDrive);
  void api.stop();
}

const choice = signal<ThemeChoice>("system");
const shown = signal<"light" | "dark">("light");
const theme = startTheme({
  storage: {
    getItem: (key) => localStorage.getItem(key),
    setItem: (key, value) => localStorage.setItem(key, value),
  },
  prefersDark: matchMedia("(prefers-color-scheme: dark)"),
  root: document.documentElement,
  onChange: (nextChoice, nextShown) => {
    choice.value = nextChoice;
    shown.value = nextShown;
  },
});

const route = signal<Route>(routeOf(location.hash));
followAddress({
  target: window,
  onRoute: (next) => {
    route.value = next;
    document.title = next.screen === "house" ? "Timmy" : `${screenNames[next.screen]} - Timmy`;
    // The pad and its words are on the house's screen only; keys must not drive unseen.
    if (next.screen !== "house" && driveStatus.value !== "closed") switchDrive(false);
  },
});

const screens = signal<Screens | "loading" | "failed">("loading");

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const dash: Dash = {
  state,
  nowMs,
  monotonicMs,
  api: { ...api, stop: async () => stop() },
  agent,
  money,
  route,
  screens,
  copy,
  newKey,
  drive: {
    status: driveStatus,
    held,
    switchTo: switchDrive,
    hold,
  },
  theme: { choice, shown, next: () => theme.next() },
  reducedMotion: () => reduced.matches,
};

startKeyboard({
  target: window,
  nowMs: monotonicMs,
  afterMs,
  stop,
  driveIsOn: () => driveStatus.value === "open",
  drive: hold,
});
startEventStream({
  open: () => new EventSource("/api/events"),
  afterMs,
  renewSession,
  onEvent: (event) => dispatch({ type: "wire", event, nowMs: monotonicMs() }),
  onBroken: () => dispatch({ type: "link-broke" }),
});
setInterval(() => {
  dispatch({ type: "tick", nowMs: monotonicMs() });
  // A stop, or losing sight of the robot, ends the hand drive: it has to be switched on again.
  if (driveStatus.value !== "closed" && whyNoMotion(state.value) !== null) switchDrive(false);
}, silenceCheckMs);
setInterval(() => {
  nowMs.value = monotonicMs();
}, 500);

const root = document.getElementById("app");
if (root !== null) render(<App dash={dash} />, root);
// At once, not when a screen is asked for: by then the companion may be away.
import("./screens.tsx").then(
  (part) => {
    screens.value = part.screens;
  },
  () => {
    screens.value = "failed";
  },
);
