import type { CoreState, StopEvent } from "@timmy/firmware-bridge/core-link";
import type { Board } from "@timmy/hardware/board";
import type { AgentRecord } from "@timmy/shared/agent/agent-store";
import { type FloorPlan, roomAt } from "@timmy/shared/map/floor-plan";
import type { Encoder, Fields } from "@timmy/shared/mqtt/codec";
import { stateRefreshMs } from "@timmy/shared/mqtt/limits";
import {
  type eventPayloads,
  infoPayload,
  mapPayload,
  type statePayloads,
  telemetryPayloads,
} from "@timmy/shared/mqtt/payloads";
import {
  commandNames,
  type RobotEventKind,
  type RobotStateGroup,
  type TelemetryStream,
  topicsOf,
} from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { clamp, roundTo, toDeg } from "@timmy/shared/units";
import type { Body } from "./body.ts";
import { identityLookMs } from "./limits.ts";
import { isStill } from "./navigator.ts";

/** What only the application knows, read anew for each report. */
export interface ReporterView {
  readonly mind: "companion" | "rules";
  readonly taskId: string | null;
  readonly doing: string;
  readonly badCommands: number;
}

export interface ReporterPorts {
  readonly bus: Bus;
  readonly node: string;
  readonly body: Body;
  readonly time: Time;
  readonly encoder: Encoder;
  readonly plan: FloorPlan;
  readonly board: Board;
  /** Who lives here now. */
  readonly agent: () => AgentRecord;
  readonly version: string;
  readonly tier: "hard" | "firm" | "soft" | "simulated";
  readonly ui: string;
  readonly view: () => ReporterView;
}

type States = { [G in RobotStateGroup]: Fields<(typeof statePayloads)[G]> | null };

const lifeOf = ({ id, epoch, status, name, departedTo }: AgentRecord): string =>
  JSON.stringify([id, epoch, status, name, departedTo]);

/** Milliseconds between two looks for changes. */
const reportPeriodMs = 100;

/** Publishes what the robot is: status, info, map, and each state when it changed or is 10 s old. */
export function createReporter(ports: ReporterPorts) {
  const { bus, body, time, encoder, plan, board, node } = ports;
  const topics = topicsOf(node);
  const sent = new Map<string, { text: string; atMs: number }>();
  const startedMs = time.clock.monotonicMs();
  let stop: StopEvent | null = null;
  let path = "[]";
  let timer: Timer | null = null;
  let introduced = "";
  let bumpers = "";

  function states(): States {
    const view = body.view();
    const core = view?.core;
    const { pose } = body.tracker.belief();
    const nowMs = time.clock.monotonicMs();
    const tagMs = body.tracker.lastTagMs();
    const { mind, taskId, doing, badCommands } = ports.view();
    const { empty_mv, full_mv, derate_mv } = board.battery;
    const how = stopNow(core);
    return {
      power:
        core === undefined
          ? null
          : {
              battery_v: roundTo(core.batteryV, 1),
              battery_pct: Math.round(
                clamp((core.batteryV * 1000 - empty_mv) / (full_mv - empty_mv), 0, 1) * 100,
              ),
              low: core.batteryV * 1000 < derate_mv,
            },
      pose: {
        x_m: roundTo(pose.xM, 2),
        y_m: roundTo(pose.yM, 2),
        heading_deg: roundTo(toDeg(pose.headingRad), 0),
        sigma_m: roundTo(Math.min(99, body.tracker.sigmaM()), 2),
        sigma_heading_deg: roundTo(Math.min(180, toDeg(body.tracker.sigmaRad())), 0),
        room: roomAt(plan, pose.xM, pose.yM)?.id ?? null,
        localised: body.tracker.localised(),
        tag_age_s: tagMs === null ? null : Math.round((nowMs - tagMs) / 1000),
      },
      drive:
        core === undefined
          ? null
          : {
              mode: core.mode,
              speed_mps: roundTo((core.leftMps + core.rightMps) / 2, 2),
              turn_radps: roundTo((core.rightMps - core.leftMps) / board.track_m, 1),
              odometer_m: roundTo(body.odometerM(), 1),
            },
      range:
        core === undefined
          ? null
          : {
              range_front_m: core.rangeFrontValid ? roundTo(core.rangeFrontM, 2) : null,
              age_s: roundTo(core.rangeFrontAgeMs / 1000, 0),
              valid: core.rangeFrontValid,
            },
      safety: {
        stop_state: how.state,
        stop_reason: how.state === "none" ? "" : (core?.stopReasons.join(", ") ?? "").slice(0, 120),
        stop_speed_mps: how.speedMps === null ? null : roundTo(how.speedMps, 3),
        generation: core?.generation ?? 0,
        link: body.link.linkUp() ? "up" : "down",
        bad_commands: badCommands,
        arming: body.armingProblem().slice(0, 160),
      },
      system: {
        tier: ports.tier,
        uptime_s: Math.floor((nowMs - startedMs) / stateRefreshMs) * (stateRefreshMs / 1000),
        version: ports.version,
        link_errors: body.link.errors(),
      },
      mind: { mind, task_id: taskId, doing },
    };
  }
  /** The stop that holds now: as its event told, or as measured when the event was never seen. */
  function stopNow(core: CoreState | undefined): {
    state: "none" | StopEvent["state"];
    speedMps: number | null;
  } {
    if (core?.mode !== "stopped" && core?.mode !== "stopping")
      return { state: "none", speedMps: null };
    if (stop !== null && stop.generation === core.generation) return stop;
    const speedMps = Math.max(Math.abs(core.leftMps), Math.abs(core.rightMps));
    if (core.mode === "stopping") return { state: "stopping", speedMps };
    return { state: isStill(core) ? "stopped" : "unconfirmed", speedMps };
  }
  function reportStates(): void {
    const nowMs = time.clock.monotonicMs();
    for (const [group, fields] of Object.entries(states()) as [RobotStateGroup, object | null][]) {
      if (fields === null) continue;
      const text = JSON.stringify(fields);
      const last = sent.get(group);
      if (last?.text === text && nowMs - last.atMs < stateRefreshMs) continue;
      sent.set(group, { text, atMs: nowMs });
      const payload = JSON.stringify({ ...encoder.envelope(), ...fields });
      bus.publish(topics.state(group), payload, { qos: 1, retain: true });
    }
  }
  function reportPath(): void {
    const points = body
      .path()
      .slice(0, 128)
      .flatMap(([x, y]) => [roundTo(x, 2), roundTo(y, 2)]);
    const text = JSON.stringify(points);
    if (text === path) return;
    path = text;
    bus.publish(
      topics.telemetry("path"),
      encoder.encode(telemetryPayloads.path, { points_m: points }),
    );
  }
  /** Ten times a second while the link is up; nobody has to listen. */
  function reportTelemetry(): void {
    const core = body.view()?.core;
    if (core === undefined || !body.link.linkUp()) return;
    const send = (stream: TelemetryStream, fields: object) =>
      bus.publish(topics.telemetry(stream), JSON.stringify({ ...encoder.envelope(), ...fields }));
    send("imu", { gyro_z_radps: roundTo(core.gyroRadps, 3) });
    send("encoders", { left_mps: roundTo(core.leftMps, 3), right_mps: roundTo(core.rightMps, 3) });
    send("range", { range_front_m: core.rangeFrontValid ? roundTo(core.rangeFrontM, 3) : null });
  }
  function reportCollision(): void {
    const core = body.view()?.core;
    if (core === undefined) return;
    const side = core.bumperLeft
      ? core.bumperRight
        ? "both"
        : "left"
      : core.bumperRight
        ? "right"
        : "";
    if (side !== "" && bumpers === "") {
      const { pose } = body.tracker.belief();
      event("collision", { side, x_m: roundTo(pose.xM, 2), y_m: roundTo(pose.yM, 2) });
    }
    bumpers = side;
  }
  function event<K extends RobotEventKind>(
    kind: K,
    fields: Fields<(typeof eventPayloads)[K]>,
  ): void {
    const payload = JSON.stringify({ ...encoder.envelope(), ...fields });
    bus.publish(topics.event(kind), payload, { qos: 1 });
  }
  function introduce(): void {
    const agent = ports.agent();
    introduced = lifeOf(agent);
    const info: Fields<typeof infoPayload> = {
      name: agent.name.slice(0, 40),
      kind: "robot",
      model: board.model,
      version: ports.version,
      epoch: agent.epoch,
      agent: agent.status === "vacant" ? "" : agent.id,
      life: agent.status,
      departed_to: agent.departedTo.slice(0, 64),
      tier: ports.tier,
      skills: "goto say stop patrol dock",
      commands: commandNames.filter((name) => name !== "decide").join(" "),
      schemas: "timmy/v1",
      ui: ports.ui,
      rooms: plan.rooms.map((room) => room.id),
      room_names: plan.rooms.map((room) => room.name),
      max_speed_mps: board.limits.linear_mps,
      radius_m: board.body_radius_m,
    };
    bus.publish(topics.info, encoder.encode(infoPayload, info), { qos: 1, retain: true });
    bus.publish(topics.map, encoder.encode(mapPayload, { plan }), { qos: 1, retain: true });
    bus.publish(topics.status, "online", { qos: 1, retain: true });
    // A broker that lost its memory gets every state again.
    sent.clear();
  }
  function introduceAgain(): void {
    if (bus.connected() && introduced !== lifeOf(ports.agent())) introduce();
  }
  const ends: (() => void)[] = [];
  return {
    event,
    /** Says at once who lives here now, when it is not who did. */
    introduceAgain,
    /** Publishes what changed at once, for moments that people wait for. */
    flush: reportStates,
    start(): void {
      ends.push(
        bus.onConnection((connected) => {
          if (connected) introduce();
        }),
        body.link.onStop((what) => {
          stop = what;
          const { state, reason, generation, speedMps } = what;
          event("stop", { state, reason, generation, speed_mps: roundTo(speedMps, 3) });
          reportStates();
        }),
      );
      if (bus.connected()) introduce();
      // The last will of a connection that died before may arrive after we are back.
      ends.push(
        bus.subscribe(topics.status, ({ payload }) => {
          if (timer !== null && new TextDecoder().decode(payload) !== "online") {
            bus.publish(topics.status, "online", { qos: 1, retain: true });
          }
        }),
      );
      // The agent may leave or arrive at any time, also by another program's hand.
      const look = time.timers.every("who lives here", identityLookMs, introduceAgain);
      ends.push(() => look.cancel());
      timer = time.timers.every("report states", reportPeriodMs, () => {
        reportStates();
        reportPath();
        reportTelemetry();
        reportCollision();
      });
    },
    stop(): void {
      timer?.cancel();
      timer = null;
      for (const end of ends.splice(0)) end();
      bus.publish(topics.status, "offline", { qos: 1, retain: true });
    },
  };
}
export type Reporter = ReturnType<typeof createReporter>;
