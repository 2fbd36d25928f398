import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type DrivenCore, driveRtd, driveWasm } from "./driven-core.ts";
import { connectMaster, type RtdMaster } from "./rtd-master.ts";

export const frozenHosts = ["wasm", "rtd"] as const;
export type FrozenHost = (typeof frozenHosts)[number];
/** What happens to the robot process in the middle of a drive. */
export const frozenHows = ["SIGSTOP", "SIGKILL", "backlog"] as const;
export type FrozenHow = (typeof frozenHows)[number];

export interface FrozenResult {
  readonly host: FrozenHost;
  readonly how: FrozenHow;
  /** True speed when it happened, m/s. */
  readonly speedMps: number;
  /** Core's ticks until true standstill; the bound is `boundTicks`. */
  readonly stillTicks: number;
  readonly boundTicks: number;
  /** Ticks in which a wheel turned, from 1 s on. */
  readonly movedTicks: number;
  /** Ticks with any duty at a motor, from 1 s on: also after the process went on. */
  readonly motorTicks: number;
}

/** Frozen for 5 s; then looked at for 2 s more. */
const frozenTicks = 5000;
const afterTicks = 2000;
const ttlMs = 150;
const accelMps2 = 1;
/** After 500 ms the core latches `link-lost`; until then it may hold the wheels still with power. */
const unpoweredTicks = 1000;
/** The motors' time constant (80 ms) until 0.01 m/s, and a wish that was on its way. */
const lagTicks = 250;
const wantedMps = 0.3;
const stillMps = 0.01;

const driverMain = new URL("./driver-main.ts", import.meta.url);

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Arms by hand and drives, for a master in this process. */
async function driveByHand(core: DrivenCore): Promise<RtdMaster> {
  const master = await connectMaster(core.socketPath);
  await master.next("state", ({ mode, armingCheck }) => mode === 1 && armingCheck === 0);
  const code = await master.arm();
  if (code !== 0) throw new Error(`arming was refused with ${code}`);
  return master;
}

/** A bug to be found: somebody else drives on while the robot is frozen. */
async function ghostDrives(core: DrivenCore): Promise<() => void> {
  const ghost = await connectMaster(core.socketPath, undefined, 0x9999);
  const { payload } = await ghost.next("state", ({ mode }) => mode === 4);
  ghost.send("hello");
  await ghost.next("core-hello");
  ghost.send("reset", { generation: payload.generation });
  await ghost.next("state", ({ mode }) => mode === 1);
  await ghost.arm();
  const stop = ghost.drive(wantedMps);
  return () => {
    stop();
    ghost.close();
  };
}

/** Set-points and heartbeats of 5 s that a queue held back, all at once. */
async function backlog(core: DrivenCore, master: RtdMaster): Promise<void> {
  const { generation } = master.state().payload;
  const wishes: Uint8Array[] = [];
  const from = core.latest().tick;
  for (let ms = 0; ms < frozenTicks; ms += 20) {
    wishes.push(
      master.encode("set-point", {
        generation,
        linearMps: wantedMps,
        angularRadps: 0,
        ttlMs,
      }),
      master.encode("heartbeat"),
    );
  }
  await core.when(({ tick }) => tick >= from + frozenTicks);
  for (const wish of wishes) master.raw(wish);
}

/** Drives at the core's speed, takes the robot process away, and counts what the motors do. */
export async function freeze(
  host: FrozenHost,
  how: FrozenHow,
  plantGhost = false,
): Promise<FrozenResult> {
  const core = await (host === "wasm" ? driveWasm() : driveRtd());
  const driver =
    how === "backlog"
      ? null
      : spawn(process.execPath, [driverMain.pathname, core.socketPath, String(wantedMps)], {
          stdio: ["ignore", "inherit", "inherit"],
        });
  const master = driver === null ? await driveByHand(core) : null;
  const stopDriving = master?.drive(wantedMps);
  try {
    const speed = host === "rtd" ? 0.18 : 0.28;
    const moving = await core.when(({ mps }) => mps > speed);
    stopDriving?.();
    if (driver !== null) driver.kill(how === "SIGKILL" ? "SIGKILL" : "SIGSTOP");
    const { tick: from } = core.latest();
    let lastMoving = from;
    let movedTicks = 0;
    let motorTicks = 0;
    const endWatch = core.watch(({ tick, duty, mps }) => {
      const settled = tick > from + unpoweredTicks;
      if (mps >= stillMps && !settled) lastMoving = tick;
      if (mps >= stillMps && settled) movedTicks++;
      if (duty !== 0 && settled) motorTicks++;
    });
    const endGhost = plantGhost ? ghostDrives(core) : null;
    if (master !== null) await backlog(core, master);
    else await core.when(({ tick }) => tick >= from + frozenTicks);
    if (how === "SIGSTOP") driver?.kill("SIGCONT");
    await core.when(({ tick }) => tick >= from + frozenTicks + afterTicks);
    endWatch();
    (await endGhost)?.();
    return {
      host,
      how,
      speedMps: moving.mps,
      stillTicks: lastMoving + 1 - from,
      boundTicks: ttlMs + Math.ceil((moving.mps / accelMps2) * 1000) + lagTicks,
      movedTicks,
      motorTicks,
    };
  } finally {
    stopDriving?.();
    master?.close();
    if (driver !== null) await end(driver);
    await core.end();
  }
}
