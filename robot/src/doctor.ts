import { parseArgs } from "node:util";
import { TimmyError } from "@timmy/shared/errors";
import {
  type DoctorPorts,
  measureLink,
  measureRights,
  measureRtd,
  measureSleep,
  measureSupply,
  systemDoctorPorts,
} from "./doctor-probes.ts";
import { inPlainText, isHealthy, judge } from "./doctor-report.ts";

const usage = `timmy-robot doctor: how well this machine keeps time, and what to do about it.

  node robot/src/main.ts doctor [options]

  --core SOCKET       also measure the link to a core on a unix socket
  --serial PATTERN    the same over a cable, such as "/dev/serial/by-id/usb-*"
  --rtd FILE          the daemon; default is the one that was built or installed
  --rtd-config FILE   let rtd take the robot's pins: PWM write time and edge rate
  --seconds N         how long each measurement takes, default 3
  --json              a JSON object instead of sentences

Exit code 1 when something must be mended before the robot drives.
`;

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", short: "h", default: false },
        core: { type: "string" },
        serial: { type: "string" },
        rtd: { type: "string" },
        "rtd-config": { type: "string" },
        seconds: { type: "string", default: "3" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 600) return seconds;
  throw new TimmyError("usage", "--seconds is a whole number from 1 to 600.");
}

/** Measures, judges, and writes what it found; answers the exit code. Throws `usage`. */
export async function runDoctor(
  argv: readonly string[],
  write: (text: string) => void,
  ports: DoctorPorts = systemDoctorPorts,
): Promise<0 | 1> {
  const args = readArguments(argv);
  if (args.help) {
    write(usage);
    return 0;
  }
  const seconds = readSeconds(args.seconds);
  const { core, serial, "rtd-config": config, rtd: path } = args;
  if (!args.json) write("Measuring; leave the machine as busy as it will be...\n\n");
  // One after the other: two measurements at a time would measure each other.
  const sleep = await measureSleep(seconds);
  const rtd = await measureRtd(ports, {
    seconds,
    ...(path === undefined ? {} : { path }),
    ...(config === undefined ? {} : { config }),
  });
  const link =
    core !== undefined
      ? await measureLink({ socketPath: core })
      : serial !== undefined
        ? await measureLink({ serialPath: serial })
        : null;
  const report = judge({
    platform: `${process.platform} ${process.arch}`,
    sleep,
    rtd,
    pins: config !== undefined,
    link,
    ...measureRights(ports),
    undervoltage: await measureSupply(ports),
  });
  write(args.json ? `${JSON.stringify(report)}\n` : inPlainText(report));
  return isHealthy(report) ? 0 : 1;
}
