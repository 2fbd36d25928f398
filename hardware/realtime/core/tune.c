#include "tune.h"

#include "limits.h"
#include "real.h"

#define STEP_MS 600u
#define WINDOW_MS 150u
#define PAUSE_MS 400u
#define PHASES 8u
#define BOX_HALF_NM 250000000LL
/* The way that the longest step needs ahead shows as a ceiling of at least this. */
#define ROOM_MPS 0.3f
#define WEAK_MPS 0.15f
#define STRONG_MPS 0.28f
#define TOO_SLOW_MPS 0.03f
#define TOO_LITTLE_MPS 0.04f
#define TAU_LOW_S 0.01f
#define TAU_HIGH_S 0.3f
/* The closed loop that the gains aim at, and the integrator's share of the feed-forward. */
#define CLOSED_LOOP_S 0.061f
#define KI_PER_KV 6.5f

void tune_init(struct tune *tune) { tune->active = false; }

void tune_begin(struct tune *tune, const struct params *params, const struct odometry *odometry,
                uint32_t token, uint32_t now) {
  tune->active = true;
  tune->token = token;
  tune->refreshed_tick = now;
  tune->phase = 0;
  tune->ms = 0;
  tune->x_nm = odometry->x_nm;
  tune->y_nm = odometry->y_nm;
  tune->begin_counts = 0;
  tune->window_counts = 0;
  tune->duty[0] = params->v[PARAM_KS] + WEAK_MPS / params->full_mps;
  tune->duty[1] = params->v[PARAM_KS] + STRONG_MPS / params->full_mps;
  tune->speed[0] = 0.0f;
  tune->speed[1] = 0.0f;
  tune->tau_s = 0.0f;
}

void tune_refresh(struct tune *tune, uint32_t now) { tune->refreshed_tick = now; }

static bool outside(int64_t from, int64_t to) {
  int64_t way = to - from;
  return way > BOX_HALF_NM || way < -BOX_HALF_NM;
}

enum tune_outcome tune_check(const struct tune *tune, const struct params *params,
                             const struct odometry *odometry, float ceiling, float motion_mps,
                             uint32_t now) {
  if (now - tune->refreshed_tick >= TTL_MAX_MS) return TUNE_INTERRUPTED;
  if (outside(tune->x_nm, odometry->x_nm)) return TUNE_LEFT_BOX;
  if (outside(tune->y_nm, odometry->y_nm)) return TUNE_LEFT_BOX;
  if (motion_mps > params->v[PARAM_LINEAR_MPS]) return TUNE_TOO_FAST;
  if (ceiling < ROOM_MPS || ceiling < motion_mps) return TUNE_NO_ROOM;
  return TUNE_RUNS;
}

static int32_t counts_of(const struct wheel *left, const struct wheel *right) {
  return (int32_t)((uint32_t)left->total + (uint32_t)right->total);
}

static float metres_since(int32_t from, int32_t to, const struct params *params) {
  int32_t counts = (int32_t)((uint32_t)to - (uint32_t)from);
  return 0.5f * real_abs((float)counts) * params->m_per_count;
}

/* A first-order motor that was stepped lags a steady one by exactly its time constant. */
static void end_step(struct tune *tune, const struct params *params, int32_t counts) {
  float speed = metres_since(tune->window_counts, counts, params) / ((float)WINDOW_MS * TICK_S);
  float way = metres_since(tune->begin_counts, counts, params);
  tune->speed[tune->phase / 4u] += 0.5f * speed;
  if (speed < TOO_SLOW_MPS) return;
  tune->tau_s += 0.25f * ((float)STEP_MS * TICK_S - way / speed);
}

bool tune_step(struct tune *tune, const struct params *params, const struct wheel *left,
               const struct wheel *right, float *duty) {
  int32_t counts = counts_of(left, right);
  bool pauses = tune->phase % 2u == 1u;
  if (tune->ms == 0) tune->begin_counts = counts;
  if (tune->ms == STEP_MS - WINDOW_MS) tune->window_counts = counts;
  if (tune->ms == (pauses ? PAUSE_MS : STEP_MS)) {
    if (!pauses) end_step(tune, params, counts);
    tune->phase++;
    tune->ms = 0;
    *duty = 0.0f;
    return tune->phase == PHASES;
  }
  tune->ms++;
  float level = tune->duty[tune->phase / 4u];
  *duty = pauses ? 0.0f : tune->phase % 4u == 0 ? level : -level;
  return false;
}

bool tune_fit(const struct tune *tune, struct params *params) {
  float gained = tune->speed[1] - tune->speed[0];
  if (tune->speed[0] < TOO_SLOW_MPS || gained < TOO_LITTLE_MPS) return false;
  if (tune->tau_s < TAU_LOW_S || tune->tau_s > TAU_HIGH_S) return false;
  float kv = (tune->duty[1] - tune->duty[0]) / gained;
  float ks = real_max(0.0f, tune->duty[0] - kv * tune->speed[0]);
  struct params next = *params;
  bool fits = params_set(&next, PARAM_KV_SCALE, kv * params->full_mps) &&
              params_set(&next, PARAM_KS, ks) &&
              params_set(&next, PARAM_MOTOR_TAU_S, tune->tau_s) &&
              params_set(&next, PARAM_KP, kv * tune->tau_s / CLOSED_LOOP_S) &&
              params_set(&next, PARAM_KI, kv * KI_PER_KV);
  if (fits) *params = next;
  return fits;
}
