#include "range.h"

#include "limits.h"
#include "real.h"

#define HALF_SOUND_M_PER_US 0.0001715f
#define ECHO_MIN_US 100
#define JUMP_M 0.5f
#define AGREE_M 0.25f
#define STUCK_REPEATS 8u
#define STUCK_DRIVEN_M 0.15f
/* Echoes that must stay away before nothing is believed to be there; more when it was near. */
#define SILENT_FAR 3u
#define SILENT_NEAR 8u
#define NEAR_M 0.5f
/* A house answers sooner than this; a receiver that hears nothing for so long is broken. */
#define DEAF_DRIVEN_M 3.0f

void range_init(struct range *range) {
  for (uint32_t i = 0; i < SONARS; i++) {
    struct sonar *sonar = &range->sonars[i];
    sonar->known = false;
    sonar->stuck = false;
    sonar->heard = false;
    sonar->distance_m = SONAR_MAX_M;
    sonar->edge_tick = 0;
    sonar->doubted = false;
    sonar->candidate_m = 0.0f;
    sonar->last_us = 0;
    sonar->repeats = 0;
    sonar->silent = 0;
    sonar->driven_m = 0.0f;
  }
  range->since_trigger = SONAR_CYCLE_MS;
  range->turn = 0;
  range->blind_ms = 0;
  range->ceiling_mps = 0.0f;
}

/* A true echo never repeats to the microsecond while the robot drives; a stuck sensor does. */
static void watch_repeats(struct sonar *sonar, int32_t us, bool clear) {
  if (us == sonar->last_us && !clear) {
    sonar->repeats++;
  } else {
    sonar->repeats = 0;
    sonar->driven_m = 0.0f;
  }
  sonar->last_us = us;
  sonar->stuck = sonar->repeats >= STUCK_REPEATS && sonar->driven_m > STUCK_DRIVEN_M;
}

/*
 * The part answered, but with its long pulse: nothing came back. That may be a far wall, a
 * tilted one or a lost echo, so what was known stands until the silence has lasted.
 */
static void take_silence(struct sonar *sonar, uint32_t now) {
  sonar->edge_tick = now;
  sonar->heard = true;
  sonar->silent++;
  sonar->stuck = sonar->driven_m > DEAF_DRIVEN_M;
  uint32_t needed = sonar->distance_m < NEAR_M ? SILENT_NEAR : SILENT_FAR;
  if (sonar->silent < needed) return;
  sonar->silent = needed;
  sonar->distance_m = SONAR_MAX_M;
  sonar->doubted = false;
}

static void take_echo(struct sonar *sonar, int32_t us, uint32_t now) {
  if (us < 0) take_silence(sonar, now);
  if (us < ECHO_MIN_US) return;
  sonar->silent = 0;
  float measured = (float)us * HALF_SOUND_M_PER_US;
  bool clear = measured >= SONAR_MAX_M;
  if (clear) measured = SONAR_MAX_M;
  watch_repeats(sonar, us, clear);
  sonar->edge_tick = now;
  sonar->heard = true;
  /* Nearer is believed at once; much farther only when a second reading agrees. */
  bool leaps = sonar->known && measured > sonar->distance_m + JUMP_M;
  bool agrees = sonar->doubted && real_abs(measured - sonar->candidate_m) < AGREE_M;
  sonar->doubted = leaps && !agrees;
  sonar->candidate_m = measured;
  if (!sonar->doubted) sonar->distance_m = measured;
}

float range_ceiling(float distance_m, float accel_mps2, float reaction_s, float stop_m) {
  float free = distance_m - stop_m;
  if (!(free > 0.0f)) return 0.0f;
  float lag = accel_mps2 * reaction_s;
  return real_sqrt(lag * lag + 2.0f * accel_mps2 * free) - lag;
}

static uint32_t count_bits(uint32_t mask) {
  return (mask & 1u) + ((mask >> 1) & 1u) + ((mask >> 2) & 1u);
}

void range_step(struct range *range, const struct params *params, const int32_t echo_us[SONARS],
                float speed_mps, uint32_t now) {
  uint32_t present = (uint32_t)params->v[PARAM_SONARS] & 7u;
  uint32_t ahead = (uint32_t)params->v[PARAM_SONARS_AHEAD] & present;
  uint32_t patience = SONAR_CYCLE_MS * count_bits(present) + SONAR_GRACE_MS;
  float accel = params->v[PARAM_ACCEL_MPS2];
  float ceiling = params->v[PARAM_LINEAR_MPS];
  bool unsure = ahead == 0;
  bool any = false;

  for (uint32_t i = 0; i < SONARS; i++) {
    struct sonar *sonar = &range->sonars[i];
    if ((present >> i & 1u) == 0) continue;
    float driven = real_max(0.0f, speed_mps) * TICK_S;
    sonar->driven_m += driven;
    sonar->distance_m = real_max(0.0f, sonar->distance_m - driven);
    take_echo(sonar, echo_us[i], now);
    /* The comparison is also an upper bound: an age that wraps after 49 days stays unknown. */
    bool fresh = sonar->heard && now - sonar->edge_tick <= patience;
    if (!fresh) sonar->heard = false;
    sonar->known = fresh && !sonar->stuck;
    any = any || sonar->known;
    if ((ahead >> i & 1u) == 0) continue;
    unsure = unsure || !sonar->known;
    ceiling = real_min(ceiling, range_ceiling(sonar->distance_m, accel, params->v[PARAM_REACTION_S],
                                              params->v[PARAM_STOP_DISTANCE_M]));
  }
  /* Not knowing is no obstacle: the ceiling then sinks as fast as the robot may brake. */
  if (unsure) {
    float sinking = real_max(UNKNOWN_RANGE_MPS, range->ceiling_mps - accel * TICK_S);
    ceiling = real_min(ceiling, sinking);
  }
  range->ceiling_mps = ceiling;
  if (any || present == 0) range->blind_ms = 0;
  else if (range->blind_ms < RANGE_BLIND_MS) range->blind_ms++;
}

int32_t range_trigger(struct range *range, uint32_t present) {
  range->since_trigger++;
  if (range->since_trigger < SONAR_CYCLE_MS || (present & 7u) == 0) return -1;
  range->since_trigger = 0;
  for (uint32_t i = 0; i < SONARS; i++) {
    range->turn = (range->turn + 1u) % SONARS;
    if ((present >> range->turn & 1u) != 0) return (int32_t)range->turn;
  }
  return -1;
}

bool range_blind(const struct range *range) { return range->blind_ms >= RANGE_BLIND_MS; }
