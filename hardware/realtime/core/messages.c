#include "messages.h"

#include "arming.h"
#include "real.h"
#include "report.h"
#include "wire.h"

static void take_arm(struct core *core, struct session *session, const struct frame *frame) {
  uint32_t nonce = session->nonce;
  session->nonce = 0;
  if (core->stop.mode == MODE_ARMED && core->sessions.owner != session->token) {
    report_ack(core, frame, ACK_OWNED, 0);
    return;
  }
  if (nonce == 0 || get_u32(frame->payload + 4) != nonce) {
    report_ack(core, frame, ACK_BAD_NONCE, 0);
    return;
  }
  if (core->stop.mode == MODE_ARMED) {
    core->disarming = false;
    report_ack(core, frame, ACK_OK, 0);
    return;
  }
  if (core->stop.mode != MODE_DISARMED) {
    report_ack(core, frame, ACK_WRONG_MODE, core->stop.mode);
    return;
  }
  uint32_t failing = arming_first_failing(core);
  if (failing != 0) {
    report_ack(core, frame, ACK_CHECK_FAILED, failing);
    return;
  }
  core->stop.mode = MODE_ARMED;
  core->sessions.owner = session->token;
  core->disarming = false;
  drive_init(&core->drive);
  report_ack(core, frame, ACK_OK, 0);
}

static void take_disarm(struct core *core, const struct session *session,
                        const struct frame *frame) {
  if (core->stop.mode == MODE_ARMED && core->sessions.owner != session->token) {
    report_ack(core, frame, ACK_OWNED, 0);
    return;
  }
  if (core->stop.mode == MODE_ARMED && !core->disarming) {
    core->disarming = true;
    core->disarming_ms = 0;
    drive_forget(&core->drive);
    core_end_tune(core, TUNE_INTERRUPTED);
  }
  report_ack(core, frame, ACK_OK, 0);
}

static bool sane(float value) { return real_finite(value) && real_abs(value) <= ABSURD_SETPOINT; }

static enum ack_code motion_refusal(const struct core *core, const struct session *session,
                                       const struct frame *frame) {
  if (core->stop.mode != MODE_ARMED || core->disarming) return ACK_WRONG_MODE;
  if (core->sessions.owner != session->token) return ACK_OWNED;
  if (get_u32(frame->payload + 4) != core->stop.generation) return ACK_WRONG_GENERATION;
  int32_t lag = (int32_t)(core->now - frame->tick);
  if (lag > SETPOINT_LAG_MS || lag < 0) return ACK_STALE;
  return ACK_OK;
}

static void take_tune(struct core *core, const struct session *session,
                      const struct frame *frame) {
  enum ack_code code = motion_refusal(core, session, frame);
  if (code == ACK_OK && core->tune.active) {
    tune_refresh(&core->tune, core->now);
    return;
  }
  bool moves = core_motion(core) >= STANDSTILL_MPS || core->drive.live;
  if (code == ACK_OK && moves) code = ACK_MOVING;
  report_ack(core, frame, code, 0);
  if (code != ACK_OK) return;
  drive_init(&core->drive);
  tune_begin(&core->tune, &core->params, &core->odometry, session->token, core->now);
}

static void take_set_point(struct core *core, const struct session *session,
                           const struct frame *frame) {
  enum ack_code refusal = motion_refusal(core, session, frame);
  if (refusal == ACK_OK &&
      (!sane(get_f32(frame->payload + 8)) || !sane(get_f32(frame->payload + 12)))) {
    refusal = ACK_BAD_VALUE;
  }
  if (refusal != ACK_OK) {
    report_ack(core, frame, refusal, 0);
    return;
  }
  core_end_tune(core, TUNE_INTERRUPTED);
  drive_admit(&core->drive, get_f32(frame->payload + 8), get_f32(frame->payload + 12),
              get_u16(frame->payload + 16), core->now);
}

static uint32_t lowest_bit(uint32_t mask) {
  for (uint32_t i = 0; i < 16; i++) {
    if ((mask >> i & 1u) != 0) return i;
  }
  return 16;
}

static void take_reset(struct core *core, const struct frame *frame) {
  enum mode mode = core->stop.mode;
  uint32_t standing = core_standing(core);
  if (get_u32(frame->payload + 4) != core->stop.generation) {
    report_ack(core, frame, ACK_WRONG_GENERATION, 0);
  } else if (mode == MODE_DISARMED) {
    /* A repeated reset whose first answer was lost. */
    report_ack(core, frame, ACK_OK, 0);
  } else if (mode != MODE_STOPPED) {
    report_ack(core, frame, ACK_WRONG_MODE, mode);
  } else if (standing != 0) {
    report_ack(core, frame, ACK_CAUSE_STANDS, lowest_bit(standing));
  } else if (core_motion(core) >= STANDSTILL_MPS) {
    report_ack(core, frame, ACK_MOVING, 0);
  } else {
    stop_clear(&core->stop);
    core->sessions.owner = 0;
    drive_init(&core->drive);
    report_ack(core, frame, ACK_OK, 0);
  }
}

static void set_param(struct core *core, uint32_t id, float value) {
  float kp = core->params.v[PARAM_KP];
  if (!params_set(&core->params, id, value) || id != PARAM_KP) return;
  pid_change_kp(&core->left.pid, kp, value);
  pid_change_kp(&core->right.pid, kp, value);
}

static void take_param(struct core *core, const struct session *session,
                       const struct frame *frame) {
  uint32_t id = frame->payload[4];
  enum ack_code code = id < PARAM_COUNT ? ACK_OK : ACK_BAD_VALUE;
  if (frame->type == FRAME_PARAM_SET && code == ACK_OK) {
    bool owns = core->stop.mode == MODE_ARMED && core->sessions.owner == session->token;
    bool may = core->stop.mode == MODE_DISARMED || (owns && params_is_gain(id));
    struct params probe = core->params;
    if (!may) code = ACK_WRONG_MODE;
    else if (!params_set(&probe, id, get_f32(frame->payload + 5))) code = ACK_BAD_VALUE;
    else set_param(core, id, get_f32(frame->payload + 5));
  }
  report_param(core, session->token, id, code);
}

static void take_accessory(struct core *core, const struct frame *frame) {
  uint32_t pin = frame->payload[4];
  uint32_t value = get_u16(frame->payload + 5);
  /* A servo that is told to go past its end stop burns; 0 lets go of it. */
  bool servo_bad = pin == 0 && value != 0 && (value < SERVO_LOW_US || value > SERVO_HIGH_US);
  if (pin >= 2u || servo_bad) {
    report_ack(core, frame, ACK_BAD_VALUE, 0);
    return;
  }
  core->accessory[pin] = (uint16_t)value;
  report_ack(core, frame, ACK_OK, 0);
}

static void take_in_session(struct core *core, struct session *session,
                            const struct frame *frame) {
  switch (frame->type) {
    case FRAME_HELLO:
      sessions_nonce(&core->sessions, session, core->now);
      report_hello(core, session);
      break;
    case FRAME_ARM:
      take_arm(core, session, frame);
      break;
    case FRAME_DISARM:
      take_disarm(core, session, frame);
      break;
    case FRAME_SET_POINT:
      take_set_point(core, session, frame);
      break;
    case FRAME_TUNE:
      take_tune(core, session, frame);
      break;
    case FRAME_RESET:
      take_reset(core, frame);
      break;
    case FRAME_PARAM_GET:
    case FRAME_PARAM_SET:
      take_param(core, session, frame);
      break;
    case FRAME_ACCESSORY:
      take_accessory(core, frame);
      break;
    default:
      break; /* a heartbeat has done its work by being heard */
  }
}

void messages_take(struct core *core, const struct frame *frame) {
  if (frame->type == FRAME_STEP && hil_may_enter(core)) {
    hil_ask(core, frame);
    return;
  }
  /* A frame of our own direction is an echo on the line; step and feed belong to HIL mode. */
  if (frame->type >= 0x80u || frame->type == FRAME_STEP || frame->type == FRAME_FEED) {
    core->bad_frames++;
    return;
  }
  struct session *session = sessions_find(&core->sessions, get_u32(frame->payload));
  bool fresh = session != 0 && session_advances(session, frame->seq, core->now);
  /* The e-stop asks nobody who they are, nor whether the frame is new. */
  if (frame->type == FRAME_ESTOP || (frame->type == FRAME_STOP && (fresh || session == 0))) {
    core_stop(core, frame->type == FRAME_ESTOP ? REASON_ESTOP : REASON_STOP);
    report_ack(core, frame, ACK_OK, 0);
    return;
  }
  if (session == 0 && frame->type == FRAME_HELLO) {
    session = sessions_open(&core->sessions, get_u32(frame->payload), core->now);
    if (session != 0) session->seq = frame->seq;
    fresh = session != 0;
  }
  if (session == 0) {
    report_ack(core, frame, ACK_NO_SESSION, 0);
  } else if (!fresh) {
    core->bad_frames++;
  } else {
    take_in_session(core, session, frame);
  }
}
