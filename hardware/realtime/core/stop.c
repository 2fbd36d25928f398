#include "stop.h"

#include "limits.h"

void stop_init(struct stop *stop) {
  stop->mode = MODE_BOOT;
  stop->generation = 1;
  stop->reasons = 0;
  stop->braking = BRAKE_RAMP;
  stop->confirmed = false;
  stop->since_ms = 0;
  stop->still_ms = 0;
  stop->began_mps = 0.0f;
}

static enum braking braking_of(uint32_t reason) {
  const uint32_t cut =
      REASON_ESTOP | REASON_ESTOP_INPUT | REASON_STALL | REASON_RUNAWAY | REASON_ENCODER |
      REASON_INTERNAL;
  if ((reason & cut) != 0) return BRAKE_CUT;
  if ((reason & REASON_BUMPER) != 0) return BRAKE_HARD;
  return BRAKE_RAMP;
}

bool stop_latch(struct stop *stop, uint32_t reason, float speed_mps) {
  if ((stop->reasons & reason) != 0) return false;
  bool had_power = stop->mode == MODE_ARMED || stop_holds_power(stop);
  bool fresh = stop->reasons == 0;
  stop->generation++;
  stop->reasons |= reason;
  enum braking braking = had_power ? braking_of(reason) : BRAKE_CUT;
  /* A second reason may only stop harder, never more gently. */
  if (fresh || braking > stop->braking) stop->braking = braking;
  stop->mode = MODE_STOPPING;
  stop->confirmed = false;
  stop->since_ms = 0;
  stop->still_ms = 0;
  stop->began_mps = speed_mps;
  return true;
}

enum stop_news stop_step(struct stop *stop, float speed_mps) {
  if (stop->mode != MODE_STOPPING && stop->mode != MODE_STOPPED) return NEWS_NONE;
  stop->still_ms = speed_mps < STANDSTILL_MPS ? stop->still_ms + 1u : 0u;
  bool still = stop->still_ms >= STANDSTILL_MS;
  if (still) stop->still_ms = STANDSTILL_MS;
  if (still && !stop->confirmed) {
    stop->mode = MODE_STOPPED;
    stop->confirmed = true;
    return NEWS_STOPPED;
  }
  if (stop->mode == MODE_STOPPED) return NEWS_NONE;
  stop->since_ms++;
  if (stop->since_ms < STOP_TIMEOUT_MS) return NEWS_NONE;
  stop->mode = MODE_STOPPED;
  return NEWS_UNCONFIRMED;
}

void stop_clear(struct stop *stop) {
  stop->mode = MODE_DISARMED;
  stop->reasons = 0;
  stop->braking = BRAKE_RAMP;
}

bool stop_holds_power(const struct stop *stop) {
  return stop->mode == MODE_STOPPING && stop->braking != BRAKE_CUT;
}
