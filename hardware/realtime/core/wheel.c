#include "wheel.h"

#include "limits.h"
#include "real.h"

#define WINDOW_MS 24u
#define QUIET_MAX_MS 100u
/* A driven wheel without counts for this long teaches the integrator nothing. */
#define BLOCKED_MS 30u

void wheel_init(struct wheel *wheel) {
  wheel->raw = 0;
  wheel->seen = false;
  wheel->total = 0;
  wheel->moved = 0;
  wheel->jumped = false;
  wheel->clock = QUIET_MAX_MS;
  wheel->edge = 0;
  for (uint32_t i = 0; i < SPEED_RING; i++) {
    wheel->totals[i] = 0;
    wheel->edges[i] = 0;
  }
  wheel->mps = 0.0f;
  wheel->duty = 0.0f;
  wheel->driven_quiet_ms = 0;
  wheel->runaway_ms = 0;
  pid_reset(&wheel->pid, 0.0f);
}

/*
 * Counts of a window over the time between its first and last edge: fine at speed, and at a crawl
 * the time between two counts. Without edges the speed cannot exceed one count per silence.
 */
static float speed_of(struct wheel *wheel, float m_per_count) {
  uint32_t old = (wheel->clock - WINDOW_MS) % SPEED_RING;
  int32_t moved = (int32_t)((uint32_t)wheel->total - (uint32_t)wheel->totals[old]);
  uint32_t quiet = wheel->clock - wheel->edge;
  if (quiet >= QUIET_MAX_MS) {
    wheel->edge = wheel->clock - QUIET_MAX_MS;
    return 0.0f;
  }
  float per_ms;
  if (moved == 0) {
    per_ms = wheel->mps * TICK_S / m_per_count;
  } else {
    uint32_t span = wheel->edge - wheel->edges[old];
    bool crawls = moved == 1 || moved == -1;
    if (span > WINDOW_MS && !crawls) span = WINDOW_MS;
    per_ms = (float)moved / (float)(span == 0 ? 1u : span);
  }
  if (quiet > 1) {
    float most = 1.0f / (float)quiet;
    if (moved == 0 || real_less(real_abs(per_ms), 1.0f)) per_ms = real_clamp(per_ms, -most, most);
  }
  return per_ms * (m_per_count * TICKS_PER_S);
}

static void watch(struct wheel *wheel) {
  float drive = real_abs(wheel->duty);
  float speed = real_abs(wheel->mps);
  bool driven = real_less(STALL_DUTY, drive);
  bool still = wheel->moved == 0;
  wheel->driven_quiet_ms = driven && still ? wheel->driven_quiet_ms + 1u : 0u;
  bool idle = real_less(drive, RUNAWAY_IDLE_DUTY) && real_less(RUNAWAY_MPS, speed);
  bool wrong_way = driven && real_less(RUNAWAY_WRONG_WAY_MPS, speed) &&
                   real_less(0.0f, wheel->duty) != real_less(0.0f, wheel->mps);
  wheel->runaway_ms = idle || wrong_way ? wheel->runaway_ms + 1u : 0u;
}

void wheel_sense(struct wheel *wheel, int32_t counts, float m_per_count) {
  int32_t moved = (int32_t)((uint32_t)counts - (uint32_t)wheel->raw);
  wheel->raw = counts;
  if (!wheel->seen) moved = 0;
  wheel->seen = true;
  wheel->jumped = moved > ENCODER_JUMP_COUNTS || moved < -ENCODER_JUMP_COUNTS;
  if (wheel->jumped) moved = 0;

  wheel->clock++;
  wheel->moved = moved;
  wheel->total = (int32_t)((uint32_t)wheel->total + (uint32_t)moved);
  if (moved != 0) wheel->edge = wheel->clock;
  wheel->mps = speed_of(wheel, m_per_count);
  wheel->totals[wheel->clock % SPEED_RING] = wheel->total;
  wheel->edges[wheel->clock % SPEED_RING] = wheel->edge;
  watch(wheel);
}

void wheel_drive(struct wheel *wheel, const struct params *params, float target_mps,
                 float accel_mps2, float volts) {
  const struct gains gains = {params->v[PARAM_KP], params->integral_per_tick,
                              params->v[PARAM_KD], params->slope_share, params->slew_per_tick};
  float ahead = target_mps + params->v[PARAM_MOTOR_TAU_S] * accel_mps2;
  float feed = params->feed_per_mps * ahead;
  if (real_less(0.0f, target_mps)) feed += params->v[PARAM_KS];
  if (real_less(target_mps, 0.0f)) feed -= params->v[PARAM_KS];
  bool hold = wheel->driven_quiet_ms > BLOCKED_MS;
  bool rests = target_mps == 0.0f && accel_mps2 == 0.0f && wheel->mps == 0.0f;
  /* At rest the loop lets go: a remembered integral would hum and creep. */
  if (rests) pid_reset(&wheel->pid, 0.0f);
  wheel->duty =
      pid_step(&wheel->pid, &gains, target_mps, wheel->mps, real_clamp(feed * volts, -1.0f, 1.0f),
               hold);
}

void wheel_cut(struct wheel *wheel) {
  wheel->duty = real_min(wheel->duty, 0.0f);
  wheel->pid.out = wheel->duty;
}

void wheel_push(struct wheel *wheel, float duty) {
  pid_reset(&wheel->pid, wheel->mps);
  wheel->pid.out = duty;
  wheel->duty = duty;
}

void wheel_release(struct wheel *wheel) {
  wheel->duty = 0.0f;
  wheel->driven_quiet_ms = 0;
  wheel->runaway_ms = 0;
  pid_reset(&wheel->pid, wheel->mps);
}

bool wheel_stalled(const struct wheel *wheel) { return wheel->driven_quiet_ms >= STALL_MS; }

bool wheel_ran_away(const struct wheel *wheel) { return wheel->runaway_ms >= STALL_MS; }
