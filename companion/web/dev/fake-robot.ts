import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import { wrapAngle } from "@timmy/shared/units";
import type { Point } from "./way-finder.ts";
import { castRay, findWay, isFree } from "./way-finder.ts";

export type Emit = (name: string, body: object | null) => void;
type Fields = Readonly<Record<string, unknown>>;

export interface FakeTask {
  readonly id: string;
  readonly instruction: string;
  readonly decidedBy: string;
  readonly steps: readonly {
    readonly text: string;
    readonly place?: string;
    readonly say?: string;
  }[];
}

export const maxSpeedMps = 0.5;
const tickS = 0.05;

/** A kinematic toy that answers like a robot. It is a fake: it proves nothing but the page. */
export class FakeRobot {
  #seq = 0;
  #pose: { x: number; y: number; heading: number };
  #speed = 0;
  #turn = 0;
  #odometer = 0;
  #sigma = 0.04;
  #uptime = 0;
  #way: Point[] = [];
  #task: { task: FakeTask; step: number; startedS: number; stepS: number } | null = null;
  #hand: { linear: number; angular: number; untilS: number } | null = null;
  #stop: { state: string; reason: string; speed: number | null; generation: number };
  #stopsInS = 0;
  readonly #events: object[] = [];
  readonly #plan: FloorPlan;
  readonly #emit: Emit;
  /** Set by a scenario: the next stop is not confirmed. */
  slips = false;

  constructor(plan: FloorPlan, start: Point, emit: Emit) {
    this.#plan = plan;
    this.#emit = emit;
    this.#pose = { x: start[0], y: start[1], heading: 0 };
    this.#stop = { state: "none", reason: "", speed: null, generation: 1 };
  }

  #payload<T extends Fields>(fields: T): T & { v: 1; seq: number; ts: number } {
    this.#seq += 1;
    return { v: 1, seq: this.#seq, ts: Date.now(), ...fields };
  }
  info(): object {
    return this.#payload({
      name: "timmy",
      kind: "robot",
      model: "Fake robot",
      version: "0.1.0",
      epoch: 1,
      tier: "simulated",
      skills: "goto,say,patrol,dock,stop",
      commands: "hear,goto,say,stop,estop,reset,drive",
      schemas: "",
      ui: "",
      rooms: this.#plan.rooms.map(({ id }) => id),
      room_names: this.#plan.rooms.map(({ name }) => name),
      max_speed_mps: maxSpeedMps,
      radius_m: 0.14,
    });
  }
  #room(): string | null {
    const { x, y } = this.#pose;
    const within = (axis: readonly number[], value: number): boolean =>
      value >= Math.min(...axis) && value <= Math.max(...axis);
    const room = this.#plan.rooms.find(
      ({ outline }) =>
        within(
          outline.map(([px]) => px),
          x,
        ) &&
        within(
          outline.map(([, py]) => py),
          y,
        ),
    );
    return room?.id ?? null;
  }
  group(name: string): object {
    const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
    const { x, y, heading } = this.#pose;
    const groups: Readonly<Record<string, Fields>> = {
      power: { battery_v: round(7.92 - this.#uptime / 9000), battery_pct: 82, low: false },
      pose: {
        x_m: round(x, 3),
        y_m: round(y, 3),
        heading_deg: round((heading * 180) / Math.PI, 1),
        sigma_m: round(this.#sigma, 3),
        sigma_heading_deg: 1.8,
        room: this.#room(),
        localised: true,
        tag_age_s: 0.8,
      },
      drive: {
        mode:
          this.#stop.state === "none"
            ? "armed"
            : this.#stop.state === "stopping"
              ? "stopping"
              : "stopped",
        speed_mps: round(this.#speed),
        turn_radps: round(this.#turn),
        odometer_m: round(this.#odometer),
      },
      range: { range_front_m: round(this.range(), 2), age_s: 0.03, valid: true },
      safety: {
        stop_state: this.#stop.state,
        stop_reason: this.#stop.reason,
        stop_speed_mps: this.#stop.speed,
        generation: this.#stop.generation,
        link: "up",
        bad_commands: 0,
        arming: "",
      },
      system: {
        tier: "simulated",
        uptime_s: round(this.#uptime, 0),
        version: "0.1.0",
        link_errors: 0,
      },
      mind: { mind: "rules", task_id: this.#task?.task.id ?? null, doing: "" },
    };
    return this.#payload(groups[name] ?? {});
  }
  range(): number {
    return castRay(this.#plan, this.#pose.x, this.#pose.y, this.#pose.heading) - 0.14;
  }
  path(): object {
    const points = this.#way.flatMap(([x, y]) => [Number(x.toFixed(2)), Number(y.toFixed(2))]);
    return this.#payload({ points_m: points });
  }
  events(): readonly object[] {
    return this.#events;
  }
  #say(name: string): void {
    this.#emit("state", { group: name, payload: this.group(name) });
  }
  #tell(kind: string, fields: Fields): void {
    const event = { kind, payload: this.#payload(fields) };
    this.#events.push(event);
    this.#emit("event", event);
  }
  #tellTask(phase: string, outcome: string | null, sentence: string, reason: string | null): void {
    if (this.#task === null) return;
    const { task, step, startedS, stepS } = this.#task;
    const measured = outcome !== null;
    this.#tell("task", {
      task_id: task.id,
      phase,
      instruction: task.instruction,
      who: "companion",
      decided_by: task.decidedBy,
      steps: task.steps.map(({ text }) => text),
      step,
      outcome,
      reason,
      sentence,
      x_m: measured ? Number(this.#pose.x.toFixed(3)) : null,
      y_m: measured ? Number(this.#pose.y.toFixed(3)) : null,
      speed_mps: measured ? Number(this.#speed.toFixed(2)) : null,
      room: measured ? this.#room() : null,
      duration_s: this.#uptime - (phase === "ended" ? startedS : stepS),
    });
  }
  begin(task: FakeTask): void {
    if (this.#task !== null) this.#end("aborted", "Something else was asked.", "superseded");
    this.#task = { task, step: 0, startedS: this.#uptime, stepS: this.#uptime };
    this.#tellTask("planned", null, "", null);
    this.#startStep();
  }
  #startStep(): void {
    const step = this.#task?.task.steps[this.#task.step];
    if (this.#task === null || step === undefined) return;
    this.#task.stepS = this.#uptime;
    this.#tellTask("step-started", null, "", null);
    if (step.say !== undefined) {
      this.#tell("spoke", { text: step.say, task_id: this.#task.task.id });
      this.#endStep(`Said "${step.say}".`);
      return;
    }
    const room = this.#plan.rooms.find(({ id }) => id === step.place);
    const { dock } = this.#plan;
    const goal: Point = room === undefined ? [dock.x_m + 0.3, dock.y_m] : room.goal;
    const way = findWay(this.#plan, [this.#pose.x, this.#pose.y], goal);
    if (way === null) return this.#end("failed", "There is no free way to that place.", "no-path");
    this.#way = [...way.slice(1)];
    this.#emit("telemetry", { stream: "path", payload: this.path() });
  }
  #endStep(sentence: string): void {
    if (this.#task === null) return;
    this.#tellTask("step-ended", "done", sentence, null);
    this.#task.step += 1;
    if (this.#task.step < this.#task.task.steps.length) return this.#startStep();
    this.#task.step -= 1;
    this.#end("done", sentence, null);
  }
  #end(outcome: string, sentence: string, reason: string | null): void {
    this.#tellTask("ended", outcome, sentence, reason);
    this.#task = null;
    this.#way = [];
    this.#emit("telemetry", { stream: "path", payload: this.path() });
  }
  drive(linear: number, angular: number): void {
    this.#hand = { linear, angular, untilS: this.#uptime + 0.3 };
  }
  halt(reason: string): number {
    const fresh = this.#stop.state === "none";
    if (fresh)
      this.#stop = {
        ...this.#stop,
        state: "stopping",
        reason,
        generation: this.#stop.generation + 1,
      };
    this.#stopsInS = this.#uptime + 0.6;
    if (this.#task !== null) this.#end("aborted", "A stop ended the task.", "stopped");
    this.#hand = null;
    this.#tellStop();
    return this.#speed;
  }
  #tellStop(): void {
    const { state, reason, generation, speed } = this.#stop;
    this.#say("safety");
    this.#say("drive");
    this.#tell("stop", { state, reason, generation, speed_mps: speed });
  }
  get stopState(): string {
    return this.#stop.state;
  }
  reset(generation: number): boolean {
    if (this.#stop.state === "none" || generation !== this.#stop.generation) return false;
    this.#stop = { ...this.#stop, state: "none", reason: "", speed: null };
    this.#tellStop();
    return true;
  }
  #steer(): { linear: number; angular: number } {
    if (this.#stop.state !== "none") return { linear: this.slips ? 0.12 : 0, angular: 0 };
    if (this.#hand !== null && this.#hand.untilS > this.#uptime) return this.#hand;
    const goal = this.#way[0];
    if (goal === undefined) return { linear: 0, angular: 0 };
    const dx = goal[0] - this.#pose.x;
    const dy = goal[1] - this.#pose.y;
    const distance = Math.hypot(dx, dy);
    const error = wrapAngle(Math.atan2(dy, dx) - this.#pose.heading);
    if (distance < 0.06) {
      this.#way.shift();
      this.#emit("telemetry", { stream: "path", payload: this.path() });
      if (this.#way.length === 0) {
        this.#speed = 0;
        this.#endStep(`Arrived in the ${(this.#room() ?? "house").replaceAll("_", " ")}.`);
      }
      return { linear: 0, angular: 0 };
    }
    const linear = Math.abs(error) > 0.4 ? 0 : Math.min(0.35, distance * 2);
    return { linear, angular: Math.max(-1.5, Math.min(1.5, error * 4)) };
  }
  /** One twentieth of a second. */
  tick(): void {
    this.#uptime += tickS;
    const { linear, angular } = this.#steer();
    this.#speed += Math.max(-0.05, Math.min(0.05, linear - this.#speed));
    this.#turn = angular;
    const x = this.#pose.x + Math.cos(this.#pose.heading) * this.#speed * tickS;
    const y = this.#pose.y + Math.sin(this.#pose.heading) * this.#speed * tickS;
    if (isFree(this.#plan, x, y, 0.15)) {
      this.#pose.x = x;
      this.#pose.y = y;
      this.#odometer += Math.abs(this.#speed) * tickS;
    } else this.#speed = 0;
    this.#pose.heading = wrapAngle(this.#pose.heading + this.#turn * tickS);
    this.#sigma = 0.04 + 0.03 * Math.abs(Math.sin(this.#uptime / 4));
    if (this.#stop.state === "stopping" && this.#uptime > this.#stopsInS) {
      const state = this.slips ? "unconfirmed" : "stopped";
      this.#stop = { ...this.#stop, state, speed: Number(this.#speed.toFixed(2)) };
      this.#tellStop();
    }
    const moves = Math.abs(this.#speed) > 0.001 || Math.abs(this.#turn) > 0.001;
    const beat = Math.round(this.#uptime / tickS);
    if (moves ? beat % 2 === 0 : beat % 100 === 0) {
      for (const name of ["pose", "drive", "range"]) this.#say(name);
    }
    if (beat % 100 === 0) for (const name of ["power", "safety", "mind"]) this.#say(name);
  }
}
