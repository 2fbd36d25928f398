import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rtdLacks } from "@timmy/hardware/rtd-build";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildHelper } from "./peer-process.ts";
import { connectMaster, type RtdMaster } from "./rtd-master.ts";
import { type RtdProcess, startRtd } from "./rtd-process.ts";

const lacks = rtdLacks();
const required = process.env["TIMMY_REQUIRE"] === "all";
const reason = lacks === null ? "" : ` [${lacks}]`;

/** Lines of the made-up chip. */
const line = {
  enable: 4,
  leftForward: 5,
  leftBackward: 6,
  trigger: 9,
  leftA: 20,
  leftB: 21,
  estop: 26,
};
const config = `
gpio_chip = pinctrl-fake
enable = ${line.enable}
left_forward = ${line.leftForward}
left_backward = ${line.leftBackward}
right_forward = 7
right_backward = 8
trigger_front = ${line.trigger}
left_a = ${line.leftA}
left_b = ${line.leftB}
right_a = 22
right_b = 23
echo_front = 24
estop = ${line.estop}
left_pwm = 1f00098000.pwm 0
right_pwm = 1f00098000.pwm 2
battery_mv_per_unit = 2
sonars = 0
sonarsAhead = 0
`;
/** Of linux/gpio.h: input 4, output 8, edges 16 and 32, pull-up 256. */
const flags = { output: 8n, edges: 4n | 16n | 32n, level: 4n | 256n };

/** The border of hal-gpio.c: a kernel that is played by tests/hil/gpio-shim.c. */
describe.skipIf(lacks !== null && !required)(`rtd on a GPIO chip that is made up${reason}`, () => {
  let folder = "";
  let lines = 0;
  let rtd: RtdProcess | null = null;
  let master: RtdMaster | null = null;
  const pwmFile = (channel: number, name: string) =>
    join(folder, `sys/devices/axi/1f00098000.pwm/pwm/pwmchip7/pwm${channel}/${name}`);
  const duty = (channel: number) => Number(readFileSync(pwmFile(channel, "duty_cycle"), "utf8"));
  const byte = Buffer.alloc(1);
  const level = (offset: number) => {
    readSync(lines, byte, 0, 1, offset);
    return byte[0];
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "timmy-gpio-"));
    writeFileSync(join(folder, "lines"), Buffer.alloc(64 * 9));
    lines = openSync(join(folder, "lines"), "r+");
    execFileSync("mkfifo", [join(folder, "edges")]);
    for (const channel of [0, 2]) {
      mkdirSync(join(pwmFile(channel, "."), ""), { recursive: true });
      for (const name of ["duty_cycle", "period", "enable"]) {
        writeFileSync(pwmFile(channel, name), "");
      }
    }
    const chip = join(folder, "sys/devices/axi/1f00098000.pwm/pwm/pwmchip7");
    writeFileSync(join(chip, "export"), "");
    mkdirSync(join(folder, "sys/class/pwm"), { recursive: true });
    symlinkSync(chip, join(folder, "sys/class/pwm/pwmchip7"));
    writeFileSync(join(folder, "battery"), "3700\n");
    writeFileSync(join(folder, "rtd.conf"), `${config}battery = ${join(folder, "battery")}\n`);
  });
  afterEach(async () => {
    master?.close();
    await rtd?.end();
    master = null;
    rtd = null;
    closeSync(lines);
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(...more: string[]): Promise<RtdProcess> {
    const shim = buildHelper("gpio-shim", ["-shared", "-fPIC", "-ldl"]);
    const words = ["--config", join(folder, "rtd.conf"), "--listen", join(folder, "link"), ...more];
    rtd = await startRtd(words, { env: { LD_PRELOAD: shim, TIMMY_SHIM: folder } });
    return rtd;
  }
  async function armed(): Promise<RtdMaster> {
    const connected = await connectMaster(join(folder, "link"));
    master = connected;
    await connected.next("state", ({ mode, armingCheck }) => mode === 1 && armingCheck === 0);
    expect(await connected.arm()).toBe(0);
    return connected;
  }

  it("finds its chip by the label and takes each line as what it is", async () => {
    await start();
    const all = readFileSync(join(folder, "lines"));
    const flagsOf = (offset: number) => all.readBigUInt64LE(64 + 8 * offset);
    expect(flagsOf(line.enable)).toBe(flags.output);
    expect(flagsOf(line.trigger)).toBe(flags.output);
    expect(flagsOf(line.leftA)).toBe(flags.edges);
    expect(flagsOf(line.estop)).toBe(flags.level);
    expect(flagsOf(30)).toBe(0n);
  });

  it("finds its PWM by the device, and starts it at 20 kHz without duty", async () => {
    await start();
    expect(readFileSync(pwmFile(0, "period"), "utf8")).toBe("50000");
    expect(readFileSync(pwmFile(2, "enable"), "utf8")).toBe("1");
    expect(duty(0)).toBe(0);
    expect(level(line.enable)).toBe(0);
  });

  it("drives forward and backward, and is safe when its loop is killed", async () => {
    const running = await start();
    const hand = await armed();
    const forward = hand.drive(0.15);
    await hand.next("state", ({ leftDuty }) => leftDuty > 1000);
    expect([level(line.enable), level(line.leftForward), level(line.leftBackward)]).toEqual([
      1, 1, 0,
    ]);
    expect(duty(0)).toBeGreaterThan(500);
    forward();
    const backward = hand.drive(-0.15);
    await hand.next("state", ({ leftDuty }) => leftDuty < -1000);
    expect([level(line.leftForward), level(line.leftBackward)]).toEqual([0, 1]);
    process.kill(running.loopPid(), "SIGKILL");
    expect(await running.ended()).toBe(70);
    backward();
    expect([level(line.enable), level(line.leftBackward), duty(0), duty(2)]).toEqual([0, 0, 0, 0]);
  });

  it("reads edges with their numbers, and sees that some were lost", async () => {
    await start("--figures", join(folder, "figures"));
    const fifo = openSync(join(folder, "edges"), constants.O_RDWR);
    const event = Buffer.alloc(48);
    const push = (offset: number, rising: boolean, seqno: number) => {
      event.writeUInt32LE(rising ? 1 : 2, 8);
      event.writeUInt32LE(offset, 12);
      event.writeUInt32LE(seqno, 16);
      writeSync(fifo, event);
    };
    push(line.leftA, true, 1);
    push(line.leftB, true, 2);
    push(line.leftA, false, 3);
    // Four and five never came.
    push(line.leftB, false, 6);
    const figures = () => JSON.parse(readFileSync(join(folder, "figures"), "utf8")) as object;
    await expect.poll(figures, { timeout: 5000 }).toMatchObject({ edges: 4, lostEdges: 2 });
    closeSync(fifo);
  });

  it("measures the battery through its file, and stops for an open contact", async () => {
    await start();
    const hand = await armed();
    expect(hand.state().payload.batteryMv).toBe(7400);
    writeSync(lines, Buffer.of(1), 0, 1, line.estop);
    const { payload } = await hand.next("state", ({ mode }) => mode >= 3);
    expect(payload.reasons).toBe(4);
    expect(level(line.enable)).toBe(0);
  });

  it.each([
    ["no chip with its label", "gpio_chip = pinctrl-other", /no GPIO chip has the label/, 1],
    ["no PWM of that device", "left_pwm = 99.pwm 0", /a PWM channel is not to be had/, 1],
    ["a stall limit that is not for real pins", "", /only for simulated pins/, 2],
  ])("refuses to start with %s", async (_what, setting, sentence, code) => {
    const words = setting === "" ? ["--stall-ms", "5000"] : ["--set", setting];
    const running = await start(...words);
    expect(await running.ended()).toBe(code);
    expect(running.said()).toMatch(sentence);
  });
});
