import { describe, expect, it } from "vitest";
import type { Action } from "../core/store.ts";
import { stopAttempts } from "../limits.ts";
import { createRobotApi } from "./robot-api.ts";

type Answer = { readonly status: number; readonly body: object } | "no network";

/** An API on scripted answers; the last one repeats. */
function createApi(...answers: readonly Answer[]) {
  const actions: Action[] = [];
  const paths: string[] = [];
  let pending = false;
  let renewals = 0;
  const api = createRobotApi({
    fetch: async (path) => {
      const next = answers[Math.min(paths.length, answers.length - 1)];
      paths.push(path);
      if (next === undefined || next === "no network") throw new TypeError("no network");
      return Response.json(next.body, { status: next.status });
    },
    renewSession: async () => {
      renewals += 1;
    },
    dispatch: (action) => {
      actions.push(action);
      if (action.type === "stop-sending") pending = true;
      if (action.type === "stop-sent") pending = false;
    },
    nowMs: () => 0,
    wallMs: () => 0,
    stopIsPending: () => pending,
    pause: async () => {},
  });
  const settle = (): void => {
    pending = false;
  };
  return {
    api,
    actions,
    paths,
    settle,
    types: () => actions.map(({ type }) => type),
    renewals: () => renewals,
  };
}
const ok: Answer = { status: 200, body: { ok: true, code: null, sentence: "Stopped." } };
const away: Answer = { status: 503, body: { detail: "Away.", code: "broker-away" } };

describe("a stop", () => {
  it("goes to the emergency stop at once", async () => {
    const { api, paths, types } = createApi(ok);
    await api.stop();
    expect(paths).toEqual(["/api/robot/estop"]);
    expect(types()).toEqual(["stop-sending", "stop-sent"]);
  });
  it("says every failure and tries again until it is through", async () => {
    const { api, types } = createApi("no network", away, ok);
    await api.stop();
    expect(types()).toEqual([
      "stop-sending",
      "stop-attempt-failed",
      "stop-attempt-failed",
      "stop-sent",
    ]);
  });
  it("gives up in the end, and says so", async () => {
    const { api, paths, types } = createApi("no network");
    await api.stop();
    expect(paths).toHaveLength(stopAttempts);
    expect(types().at(-1)).toBe("stop-given-up");
  });
  it("takes a new session when the companion was restarted, and goes through", async () => {
    const stranger: Answer = { status: 401, body: { detail: "No session.", code: "no-session" } };
    const { api, types, renewals } = createApi(stranger, ok);
    await api.stop();
    expect(renewals()).toBe(1);
    expect(types()).toEqual(["stop-sending", "stop-sent"]);
  });
  it("does not call a stop that nobody answered not sent", async () => {
    const silent: Answer = { status: 504, body: { detail: "Silent.", code: "reply-timeout" } };
    const { api, types } = createApi(silent, ok);
    await api.stop();
    expect(types()).toEqual(["stop-sending", "stop-sent"]);
  });
  it("is not repeated once the robot itself speaks of it", async () => {
    const { api, paths, settle } = createApi("no network");
    const stopping = api.stop();
    settle();
    await stopping;
    expect(paths).toHaveLength(1);
  });
});

describe("an instruction", () => {
  it("appears before it is answered", async () => {
    const { api, types } = createApi(ok);
    await api.hear("go to the kitchen");
    expect(types()).toEqual(["asked", "answered"]);
  });
  it("goes to the agent, whichever body it lives in", async () => {
    const { api, paths } = createApi(ok);
    await api.hear("go to the kitchen");
    expect(paths).toEqual(["/api/agent/hear"]);
  });
  it("is answered as not sent when there is no network", async () => {
    const { api, actions } = createApi("no network");
    await api.goTo("kitchen", "go to the kitchen");
    expect(actions[1]).toMatchObject({ type: "answered", reply: { ok: false, code: "no-answer" } });
  });
});
