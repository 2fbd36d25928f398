#include "core.h"

#include "messages.h"
#include "real.h"
#include "report.h"

void ring_init(struct ring_in *ring) {
  ring->head = 0;
  ring->tail = 0;
}

bool ring_put(struct ring_in *ring, uint8_t byte) {
  if (ring->head - ring->tail >= RX_RING) return false;
  ring->bytes[ring->head % RX_RING] = byte;
  ring->head++;
  return true;
}

void core_power_up(struct core *core, const struct params *params, enum tier tier,
                   uint32_t start_tick) {
  core->now = start_tick;
  core->age = 0;
  core->tier = tier;
  core->params = *params;
  wheel_init(&core->left);
  wheel_init(&core->right);
  odometry_init(&core->odometry);
  range_init(&core->range);
  estop_init(&core->estop);
  bumper_init(&core->bumper_left);
  bumper_init(&core->bumper_right);
  battery_init(&core->battery);
  core->gyro_radps = 0.0f;
  drive_init(&core->drive);
  tune_init(&core->tune);
  stop_init(&core->stop);
  sessions_init(&core->sessions);
  core->disarming = false;
  core->disarming_ms = 0;
  core->accessory[0] = 0;
  core->accessory[1] = 0;
  decoder_init(&core->decoder);
  ring_init(&core->rx);
  core->bad_frames = 0;
  core->since_state = 0;
  core->unsettled = false;
  core->trace = 0x811c9dc5u;
}

void core_init(struct core *core, const struct params *params, enum tier tier, uint32_t build,
               uint32_t start_tick) {
  core->build = build;
  core->tx.length = 0;
  core->tx.seq = 0;
  core->hil.state = HIL_OFF;
  core_power_up(core, params, tier, start_tick);
}

void core_receive(struct core *core, uint8_t byte) {
  bool hil = core_in_hil(core);
  if (!ring_put(hil ? &core->hil.rx : &core->rx, byte) && !hil) core->bad_frames++;
}

uint32_t core_transmit(struct core *core, uint8_t *to) {
  core_settle(core);
  uint32_t length = core->tx.length;
  for (uint32_t i = 0; i < length; i++) to[i] = core->tx.bytes[i];
  core->tx.length = 0;
  return length;
}

float core_speed(const struct core *core) { return 0.5f * (core->left.mps + core->right.mps); }

float core_motion(const struct core *core) {
  return real_max(real_abs(core->left.mps), real_abs(core->right.mps));
}

struct caps core_caps(const struct core *core) {
  float derate = battery_derate(&core->battery, &core->params);
  struct caps caps = {core->params.v[PARAM_LINEAR_MPS] * derate,
                      core->params.v[PARAM_ANGULAR_RADPS] * derate};
  if (core->tier == TIER_SOFT) {
    caps.linear_mps = real_min(caps.linear_mps, SOFT_LINEAR_MPS);
    caps.angular_radps = real_min(caps.angular_radps, SOFT_ANGULAR_RADPS);
  }
  return caps;
}

void core_end_tune(struct core *core, enum tune_outcome outcome) {
  if (!core->tune.active) return;
  core->tune.active = false;
  drive_init(&core->drive);
  report_tuned(core, outcome);
}

void core_stop(struct core *core, uint32_t reason) {
  if (!stop_latch(&core->stop, reason, core_motion(core))) return;
  core_end_tune(core, TUNE_INTERRUPTED);
  drive_forget(&core->drive);
  core->disarming = false;
  report_event(core, NEWS_STOPPING);
}

uint32_t core_standing(const struct core *core) {
  uint32_t standing = 0;
  if (core->estop.open) standing |= REASON_ESTOP_INPUT;
  if (battery_low(&core->battery)) standing |= REASON_BATTERY;
  /* A blind robot that stopped for another reason may be reset; the arming check then tells. */
  if (range_blind(&core->range)) standing |= core->stop.reasons & REASON_RANGE_LOST;
  return standing;
}

static void read_link(struct core *core) {
  struct frame frame;
  for (uint32_t i = 0; i < RX_PER_TICK && core->rx.tail != core->rx.head; i++) {
    if (core->hil.state == HIL_ENTERING) return;
    uint8_t byte = core->rx.bytes[core->rx.tail % RX_RING];
    core->rx.tail++;
    if (decoder_take(&core->decoder, byte, &frame)) messages_take(core, &frame);
  }
}

/* Reads every input, and answers the reasons for a stop that they give while armed. */
static uint32_t sense(struct core *core, const struct inputs *inputs) {
  uint32_t reasons = 0;
  wheel_sense(&core->left, inputs->left_counts, core->params.left_m_per_count);
  wheel_sense(&core->right, inputs->right_counts, core->params.right_m_per_count);
  core->gyro_radps = real_finite(inputs->gyro_radps) ? inputs->gyro_radps : 0.0f;
  range_step(&core->range, &core->params, inputs->echo_us, core_speed(core), core->now);
  estop_step(&core->estop, inputs->estop_open);
  battery_step(&core->battery, &core->params, inputs->battery_mv);
  bool hit = bumper_step(&core->bumper_left, inputs->bumper_left);
  if (bumper_step(&core->bumper_right, inputs->bumper_right)) hit = true;

  if (hit) reasons |= REASON_BUMPER;
  if (core->left.jumped || core->right.jumped) reasons |= REASON_ENCODER;
  if (wheel_stalled(&core->left) || wheel_stalled(&core->right)) reasons |= REASON_STALL;
  if (wheel_ran_away(&core->left) || wheel_ran_away(&core->right)) reasons |= REASON_RUNAWAY;
  if (range_blind(&core->range)) reasons |= REASON_RANGE_LOST;
  return reasons;
}

static bool link_silent(struct core *core) {
  const struct session *owner = sessions_find(&core->sessions, core->sessions.owner);
  return owner == 0 || core->now - owner->heard_tick >= LINK_SILENT_MS;
}

static void stop_for_each(struct core *core, uint32_t reasons) {
  for (uint32_t i = 0; i < 11 && reasons >> i != 0; i++) {
    if ((reasons >> i & 1u) != 0) core_stop(core, 1u << i);
  }
}

static void watch(struct core *core, uint32_t reasons) {
  if (core->age < BOOT_MS) {
    core->age++;
    if (core->age < BOOT_MS) return;
    if (core->stop.mode == MODE_BOOT) core->stop.mode = MODE_DISARMED;
  }
  if (core->stop.mode == MODE_ARMED) {
    if (link_silent(core)) reasons |= REASON_LINK_LOST;
    stop_for_each(core, reasons);
  }
  /* These two latch in every mode. */
  stop_for_each(core, core_standing(core) & (REASON_ESTOP_INPUT | REASON_BATTERY));
}

static void disarm_at_rest(struct core *core) {
  if (!core->disarming) return;
  core->disarming_ms++;
  bool rests = core->drive.linear == 0.0f && core->drive.angular == 0.0f &&
               core_motion(core) < STANDSTILL_MPS;
  if (!rests && core->disarming_ms < STOP_TIMEOUT_MS) return;
  core->disarming = false;
  core->stop.mode = MODE_DISARMED;
  core->sessions.owner = 0;
}

/* One tick of an auto-tune that runs; true while it drives the motors itself. */
static bool tune(struct core *core, float ceiling, float volts) {
  if (!core->tune.active) return false;
  enum tune_outcome outcome = tune_check(&core->tune, &core->params, &core->odometry, ceiling,
                                         core_motion(core), core->now);
  float duty = 0.0f;
  if (outcome == TUNE_RUNS &&
      tune_step(&core->tune, &core->params, &core->left, &core->right, &duty)) {
    outcome = tune_fit(&core->tune, &core->params) ? TUNE_DONE : TUNE_NO_FIT;
  }
  if (outcome != TUNE_RUNS) {
    core_end_tune(core, outcome);
    return false;
  }
  if (duty == 0.0f) return false;
  wheel_push(&core->left, real_clamp(duty * volts, -1.0f, 1.0f));
  wheel_push(&core->right, real_clamp(duty * volts, -1.0f, 1.0f));
  return true;
}

static void control(struct core *core) {
  disarm_at_rest(core);
  bool powered = core->stop.mode == MODE_ARMED || stop_holds_power(&core->stop);
  if (!powered) {
    drive_init(&core->drive);
    wheel_release(&core->left);
    wheel_release(&core->right);
    return;
  }
  bool touches = core->bumper_left.pressed || core->bumper_right.pressed;
  float ceiling = touches ? 0.0f : core->range.ceiling_mps;
  if (core->stop.mode == MODE_STOPPING && core->stop.braking == BRAKE_HARD) {
    drive_halt(&core->drive);
  }
  float volts = battery_volts_ratio(&core->battery, &core->params);
  if (tune(core, ceiling, volts)) return;
  drive_step(&core->drive, &core->params, ceiling, core_caps(core), core->now);
  struct wheel_targets targets = drive_wheels(&core->drive, &core->params);
  wheel_drive(&core->left, &core->params, targets.left_mps, targets.left_accel, volts);
  wheel_drive(&core->right, &core->params, targets.right_mps, targets.right_accel, volts);
  if (core->drive.cut) {
    wheel_cut(&core->left);
    wheel_cut(&core->right);
  }
}

/* The last stage: nothing stands between it and the pins. */
static void write_outputs(struct core *core, struct outputs *outputs) {
  if (!real_finite(core->left.duty) || !real_finite(core->right.duty)) {
    core_stop(core, REASON_INTERNAL);
    wheel_release(&core->left);
    wheel_release(&core->right);
  }
  outputs->enable = core->stop.mode == MODE_ARMED || stop_holds_power(&core->stop);
  if (!outputs->enable) {
    wheel_release(&core->left);
    wheel_release(&core->right);
  }
  outputs->left_duty = real_clamp(core->left.duty, -1.0f, 1.0f);
  outputs->right_duty = real_clamp(core->right.duty, -1.0f, 1.0f);
  outputs->trigger_sonar = range_trigger(&core->range, (uint32_t)core->params.v[PARAM_SONARS]);
  outputs->accessory[0] = core->accessory[0];
  outputs->accessory[1] = core->accessory[1];
}

void core_trace(struct core *core, uint32_t word) {
  core->trace = (core->trace ^ word) * 0x01000193u;
}

static void trace_tick(struct core *core, const struct outputs *outputs) {
  core_trace(core, real_bits(outputs->left_duty));
  core_trace(core, real_bits(outputs->right_duty));
  core_trace(core, core->stop.mode | (uint32_t)outputs->enable << 8 | core->stop.reasons << 16);
  core_trace(core, core->stop.generation ^ (uint32_t)(outputs->trigger_sonar + 1) << 28);
  core_trace(core, real_bits(core->range.ceiling_mps));
  core_trace(core, real_bits(odometry_x_m(&core->odometry)));
  core_trace(core, real_bits(odometry_y_m(&core->odometry)));
  core_trace(core, real_bits(odometry_heading_rad(&core->odometry)));
  core_trace(core, outputs->accessory[0] | (uint32_t)outputs->accessory[1] << 16);
}

void core_step(struct core *core, const struct inputs *inputs, struct outputs *outputs) {
  core_settle(core);
  core->now++;
  read_link(core);
  watch(core, sense(core, inputs));
  control(core);
  enum stop_news news = stop_step(&core->stop, core_motion(core));
  if (news != NEWS_NONE) report_event(core, news);
  write_outputs(core, outputs);
  core->done = *outputs;
  core->unsettled = true;
}

void core_settle(struct core *core) {
  if (!core->unsettled) return;
  core->unsettled = false;
  odometry_step(&core->odometry, &core->params, core->left.moved, core->right.moved);
  if (++core->since_state >= STATE_PERIOD_MS) {
    core->since_state = 0;
    report_state(core);
  }
  trace_tick(core, &core->done);
}

bool core_in_hil(const struct core *core) { return core->hil.state == HIL_ON; }

void core_poll(struct core *core) {
  if (core_in_hil(core)) hil_poll(core);
}

void core_tick(struct core *core, const struct inputs *inputs, struct outputs *outputs) {
  if (!core_in_hil(core)) {
    core_step(core, inputs, outputs);
    if (core->hil.state == HIL_OFF) return;
    hil_enter(core);
  }
  hil_poll(core);
  hil_outputs_off(outputs);
}
