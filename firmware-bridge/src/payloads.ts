/** Every frame of the link: its number and its fields in wire order, little endian. */
export const payloads = {
  hello: { code: 0x01, fields: { session: "u32" } },
  heartbeat: { code: 0x02, fields: { session: "u32" } },
  arm: { code: 0x03, fields: { session: "u32", nonce: "u32" } },
  disarm: { code: 0x04, fields: { session: "u32" } },
  "set-point": {
    code: 0x05,
    fields: {
      session: "u32",
      generation: "u32",
      linearMps: "f32",
      angularRadps: "f32",
      ttlMs: "u16",
    },
  },
  stop: { code: 0x06, fields: { session: "u32" } },
  estop: { code: 0x07, fields: { session: "u32" } },
  reset: { code: 0x08, fields: { session: "u32", generation: "u32" } },
  "param-get": { code: 0x09, fields: { session: "u32", id: "u8" } },
  "param-set": { code: 0x0a, fields: { session: "u32", id: "u8", value: "f32" } },
  accessory: { code: 0x0b, fields: { session: "u32", pin: "u8", value: "u16" } },
  step: {
    code: 0x0c,
    fields: {
      leftCounts: "i32",
      rightCounts: "i32",
      gyroRadps: "f32",
      frontUs: "i32",
      leftUs: "i32",
      rightUs: "i32",
      /** 1, 2 bumpers; 4 e-stop open; 0x30 tier to play; 0x80 power up anew at this tick. */
      flags: "u8",
      batteryMv: "u16",
    },
  },
  /** Bytes of the simulated link in HIL mode, four to a word, the first in the low byte. */
  feed: {
    code: 0x0d,
    fields: {
      count: "u8",
      word0: "u32",
      word1: "u32",
      word2: "u32",
      word3: "u32",
      word4: "u32",
      word5: "u32",
      word6: "u32",
      word7: "u32",
    },
  },
  /** Starts an auto-tune, and keeps it alive when repeated within 250 ms. */
  tune: { code: 0x0e, fields: { session: "u32", generation: "u32" } },
  "core-hello": {
    code: 0x81,
    fields: {
      session: "u32",
      nonce: "u32",
      build: "u32",
      generation: "u32",
      tier: "u8",
      capabilities: "u8",
    },
  },
  state: {
    code: 0x82,
    fields: {
      mode: "u8",
      /** 1, 2 bumpers; 4 e-stop; 8, 16, 32 ranges valid; 64 standstill measured. */
      flags: "u8",
      reasons: "u16",
      generation: "u32",
      leftMps: "f32",
      rightMps: "f32",
      xM: "f32",
      yM: "f32",
      headingRad: "f32",
      gyroRadps: "f32",
      frontMm: "u16",
      frontAgeMs: "u16",
      leftMm: "u16",
      leftAgeMs: "u16",
      rightMm: "u16",
      rightAgeMs: "u16",
      leftDuty: "i16",
      rightDuty: "i16",
      batteryMv: "u16",
      ceilingMps: "f32",
      badFrames: "u32",
      armingCheck: "u8",
    },
  },
  event: {
    code: 0x83,
    fields: { news: "u8", reasons: "u16", generation: "u32", beganMps: "f32", speedMps: "f32" },
  },
  ack: {
    code: 0x84,
    fields: {
      session: "u32",
      of: "u8",
      ofSeq: "u16",
      code: "u8",
      detail: "u8",
      generation: "u32",
    },
  },
  param: { code: 0x85, fields: { session: "u32", id: "u8", value: "f32", code: "u8" } },
  /** The answer to a step frame: what the pins would be; its header has the tick. */
  stepped: {
    code: 0x86,
    fields: {
      leftDuty: "f32",
      rightDuty: "f32",
      trace: "u32",
      reasons: "u16",
      mode: "u8",
      enable: "u8",
      /** The sonar to trigger plus one; 0 is none. */
      trigger: "u8",
      tier: "u8",
      servoUs: "u16",
      ledLevel: "u16",
    },
  },
  /** 0 done; else why not: no room, left the box, interrupted, too fast, no fit. */
  tuned: { code: 0x87, fields: { session: "u32", outcome: "u8" } },
} as const satisfies Record<string, { code: number; fields: Record<string, FieldKind> }>;

export type FieldKind = "u8" | "u16" | "u32" | "i16" | "i32" | "f32";
export type FrameType = keyof typeof payloads;
export type Payload<T extends FrameType> = {
  readonly [F in keyof (typeof payloads)[T]["fields"]]: number;
};

const fieldBytes = { u8: 1, u16: 2, u32: 4, i16: 2, i32: 4, f32: 4 } as const;

interface Shape {
  readonly type: FrameType;
  readonly code: number;
  readonly fields: readonly (readonly [string, FieldKind])[];
  readonly bytes: number;
}

const shapes: readonly Shape[] = Object.entries(payloads).map(([type, { code, fields }]) => {
  const list = Object.entries(fields) as [string, FieldKind][];
  const bytes = list.reduce((sum, [, kind]) => sum + fieldBytes[kind], 0);
  return { type: type as FrameType, code, fields: list, bytes };
});
const byCode = new Map(shapes.map((shape) => [shape.code, shape]));
const byType = new Map(shapes.map((shape) => [shape.type, shape]));

export const shapeOfCode = (code: number): Shape | undefined => byCode.get(code);

export function shapeOf(type: FrameType): Shape {
  const shape = byType.get(type);
  if (shape === undefined) throw new RangeError(type);
  return shape;
}

/** Writes the fields of a payload at a place; a missing field counts as 0. */
export function writePayload(
  view: DataView,
  start: number,
  shape: Shape,
  values: Readonly<Record<string, number>>,
): void {
  let at = start;
  for (const [name, kind] of shape.fields) {
    const value = values[name] ?? 0;
    if (kind === "u8") view.setUint8(at, value);
    else if (kind === "u16") view.setUint16(at, value, true);
    else if (kind === "u32") view.setUint32(at, value, true);
    else if (kind === "i16") view.setInt16(at, value, true);
    else if (kind === "i32") view.setInt32(at, value, true);
    else view.setFloat32(at, value, true);
    at += fieldBytes[kind];
  }
}

export function readPayload(view: DataView, start: number, shape: Shape): Record<string, number> {
  const values: Record<string, number> = {};
  let at = start;
  for (const [name, kind] of shape.fields) {
    values[name] =
      kind === "u8"
        ? view.getUint8(at)
        : kind === "u16"
          ? view.getUint16(at, true)
          : kind === "u32"
            ? view.getUint32(at, true)
            : kind === "i16"
              ? view.getInt16(at, true)
              : kind === "i32"
                ? view.getInt32(at, true)
                : view.getFloat32(at, true);
    at += fieldBytes[kind];
  }
  return values;
}
