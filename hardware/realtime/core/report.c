#include "report.h"

#include "arming.h"
#include "real.h"
#include "wire.h"

#define CAPABILITIES 0u
#define DUTY_ONE 32767.0f
#define AGE_MAX 0xffffu

static void send(struct core *core, uint8_t type, const uint8_t *payload, const uint8_t *end) {
  struct frame frame = {.type = type, .seq = core->tx.seq, .tick = core->now, .length = 0};
  frame.length = (uint32_t)(end - payload);
  for (uint32_t i = 0; i < frame.length && i < PAYLOAD_MAX; i++) frame.payload[i] = payload[i];
  core->tx.seq++;
  /* Nobody reads: the newest is dropped whole, and the gap in seq shows it. */
  if (core->tx.length + WIRE_MAX > TX_RING) return;
  core->tx.length += frame_encode(&frame, core->tx.bytes + core->tx.length);
}

void report_hello(struct core *core, const struct session *session) {
  uint8_t payload[PAYLOAD_MAX];
  uint8_t *at = put_u32(payload, session->token);
  at = put_u32(at, session->nonce);
  at = put_u32(at, core->build);
  at = put_u32(at, core->stop.generation);
  at = put_u8(at, core->tier);
  at = put_u8(at, CAPABILITIES);
  send(core, FRAME_CORE_HELLO, payload, at);
}

static uint8_t *put_range(uint8_t *at, const struct core *core, uint32_t index) {
  const struct sonar *sonar = &core->range.sonars[index];
  uint32_t age = sonar->heard ? core->now - sonar->edge_tick : AGE_MAX;
  at = put_u16(at, (uint32_t)(sonar->distance_m * 1000.0f));
  return put_u16(at, age > AGE_MAX ? AGE_MAX : age);
}

static uint32_t state_flags(const struct core *core) {
  uint32_t flags = 0;
  if (core->bumper_left.pressed) flags |= 1u;
  if (core->bumper_right.pressed) flags |= 2u;
  if (core->estop.open) flags |= 4u;
  for (uint32_t i = 0; i < SONARS; i++) {
    if (core->range.sonars[i].known) flags |= 8u << i;
  }
  if (core->stop.confirmed && core->stop.mode == MODE_STOPPED) flags |= 64u;
  return flags;
}

static float allowed_speed(const struct core *core) {
  if (core->bumper_left.pressed || core->bumper_right.pressed) return 0.0f;
  return real_min(core_caps(core).linear_mps, core->range.ceiling_mps);
}

void report_state(struct core *core) {
  uint8_t payload[PAYLOAD_MAX];
  uint8_t *at = put_u8(payload, core->stop.mode);
  at = put_u8(at, state_flags(core));
  at = put_u16(at, core->stop.reasons);
  at = put_u32(at, core->stop.generation);
  at = put_f32(at, core->left.mps);
  at = put_f32(at, core->right.mps);
  at = put_f32(at, odometry_x_m(&core->odometry));
  at = put_f32(at, odometry_y_m(&core->odometry));
  at = put_f32(at, odometry_heading_rad(&core->odometry));
  at = put_f32(at, core->gyro_radps);
  for (uint32_t i = 0; i < SONARS; i++) at = put_range(at, core, i);
  at = put_u16(at, (uint32_t)(int32_t)(core->left.duty * DUTY_ONE));
  at = put_u16(at, (uint32_t)(int32_t)(core->right.duty * DUTY_ONE));
  at = put_u16(at, (uint32_t)core->battery.mv);
  at = put_f32(at, allowed_speed(core));
  at = put_u32(at, core->bad_frames + core->decoder.bad);
  at = put_u8(at, arming_first_failing(core));
  send(core, FRAME_STATE, payload, at);
}

void report_event(struct core *core, enum stop_news news) {
  uint8_t payload[PAYLOAD_MAX];
  uint8_t *at = put_u8(payload, news);
  at = put_u16(at, core->stop.reasons);
  at = put_u32(at, core->stop.generation);
  at = put_f32(at, core->stop.began_mps);
  at = put_f32(at, core_motion(core));
  send(core, FRAME_EVENT, payload, at);
}

void report_ack(struct core *core, const struct frame *of, enum ack_code code, uint32_t detail) {
  core_trace(core, of->type | (uint32_t)of->seq << 8 | code << 24 | detail << 28);
  uint8_t payload[PAYLOAD_MAX];
  uint8_t *at = put_u32(payload, get_u32(of->payload));
  at = put_u8(at, of->type);
  at = put_u16(at, of->seq);
  at = put_u8(at, code);
  at = put_u8(at, detail);
  at = put_u32(at, core->stop.generation);
  send(core, FRAME_ACK, payload, at);
}

void report_param(struct core *core, uint32_t token, uint32_t id, enum ack_code code) {
  core_trace(core, id | code << 24);
  uint8_t payload[PAYLOAD_MAX];
  uint8_t *at = put_u32(payload, token);
  at = put_u8(at, id);
  at = put_f32(at, id < PARAM_COUNT ? core->params.v[id] : 0.0f);
  at = put_u8(at, code);
  send(core, FRAME_PARAM, payload, at);
}

void report_tuned(struct core *core, enum tune_outcome outcome) {
  static const uint8_t set[] = {PARAM_KV_SCALE, PARAM_KS, PARAM_MOTOR_TAU_S, PARAM_KP, PARAM_KI};
  core_trace(core, outcome);
  uint8_t payload[PAYLOAD_MAX];
  uint8_t *at = put_u32(payload, core->tune.token);
  at = put_u8(at, outcome);
  send(core, FRAME_TUNED, payload, at);
  if (outcome != TUNE_DONE) return;
  for (uint32_t i = 0; i < sizeof set; i++) {
    core_trace(core, real_bits(core->params.v[set[i]]));
    report_param(core, core->tune.token, set[i], ACK_OK);
  }
}

void report_stepped(struct core *core) {
  const struct outputs *pins = &core->hil.outputs;
  uint8_t payload[PAYLOAD_MAX];
  uint8_t *at = put_f32(payload, pins->left_duty);
  at = put_f32(at, pins->right_duty);
  at = put_u32(at, core->trace);
  at = put_u16(at, core->stop.reasons);
  at = put_u8(at, core->stop.mode);
  at = put_u8(at, pins->enable);
  at = put_u8(at, (uint32_t)(pins->trigger_sonar + 1));
  at = put_u8(at, core->tier);
  at = put_u16(at, pins->accessory[0]);
  at = put_u16(at, pins->accessory[1]);
  send(core, FRAME_STEPPED, payload, at);
}
