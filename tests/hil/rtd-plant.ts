import { createServer, type Socket } from "node:net";
import type { CoreInputs, CoreOutputs } from "@timmy/hardware/core-host";

/** Records of rtd's plant socket (hosts/linux/hal-plant.c). */
const outBytes = 24;
const inBytes = 28;

function readOutputs(record: DataView): CoreOutputs {
  const servoUs = record.getUint16(16, true);
  const ledLevel = record.getUint16(18, true);
  return {
    leftDuty: record.getFloat32(4, true),
    rightDuty: record.getFloat32(8, true),
    triggerSonar: record.getInt32(12, true),
    enable: record.getUint8(20) === 1,
    servoUs,
    ledLevel,
  } as CoreOutputs;
}

function writeInputs(inputs: Readonly<CoreInputs>): Uint8Array {
  const record = new DataView(new ArrayBuffer(inBytes));
  record.setInt32(0, inputs.leftCounts, true);
  record.setInt32(4, inputs.rightCounts, true);
  record.setFloat32(8, inputs.gyroRadps, true);
  for (const [k, us] of inputs.echoUs.entries()) record.setInt32(12 + 4 * k, us, true);
  record.setUint16(24, inputs.batteryMv, true);
  const bits = [inputs.bumperLeft, inputs.bumperRight, inputs.estopOpen];
  record.setUint8(
    26,
    bits.reduce((sum, on, k) => sum | (on ? 1 << k : 0), 0),
  );
  return new Uint8Array(record.buffer);
}

export interface PlantServer {
  close(): Promise<void>;
}

/**
 * A simulated world for `rtd --plant`: `step` carries out a tick's outputs and answers the next
 * inputs; `unpowered` is told when rtd makes its pins safe or is gone.
 */
export async function servePlant(
  path: string,
  first: Readonly<CoreInputs>,
  step: (outputs: Readonly<CoreOutputs>, tick: number) => Readonly<CoreInputs>,
  unpowered: () => void,
): Promise<PlantServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let held = Buffer.alloc(0);
    socket.write(writeInputs(first));
    socket.on("data", (bytes) => {
      held = Buffer.concat([held, bytes]);
      for (; held.length >= outBytes; held = held.subarray(outBytes)) {
        const record = new DataView(held.buffer, held.byteOffset, outBytes);
        if (record.getUint8(21) === 1) unpowered();
        else socket.write(writeInputs(step(readOutputs(record), record.getUint32(0, true))));
      }
    });
    // rtd is killed on purpose; "close" follows.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      unpowered();
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
