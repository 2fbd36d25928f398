#include "params.h"

#include "limits.h"
#include "real.h"

struct range_of {
  float initial;
  float low;
  float high;
};

static const struct range_of ranges[PARAM_COUNT] = {
    [PARAM_WHEEL_RADIUS_M] = {0.034f, 0.005f, 0.5f},
    [PARAM_TRACK_M] = {0.17f, 0.03f, 2.0f},
    [PARAM_COUNTS_PER_REV] = {1320.0f, 4.0f, 200000.0f},
    [PARAM_LINEAR_MPS] = {LIMIT_LINEAR_MPS, 0.0f, LIMIT_LINEAR_MPS},
    [PARAM_ANGULAR_RADPS] = {LIMIT_ANGULAR_RADPS, 0.0f, LIMIT_ANGULAR_RADPS},
    [PARAM_ACCEL_MPS2] = {LIMIT_ACCEL_MPS2, 0.05f, LIMIT_ACCEL_MPS2},
    [PARAM_ANGULAR_ACCEL_RADPS2] = {LIMIT_ANGULAR_ACCEL_RADPS2, 0.1f, LIMIT_ANGULAR_ACCEL_RADPS2},
    [PARAM_NO_LOAD_RADPS] = {24.0f, 1.0f, 500.0f},
    [PARAM_MOTOR_TAU_S] = {0.08f, 0.0f, 1.0f},
    [PARAM_NOMINAL_MV] = {7400.0f, 1000.0f, 60000.0f},
    [PARAM_EMPTY_MV] = {6000.0f, 500.0f, 60000.0f},
    [PARAM_DERATE_MV] = {6600.0f, 500.0f, 60000.0f},
    [PARAM_SONARS] = {1.0f, 0.0f, 7.0f},
    [PARAM_SONARS_AHEAD] = {1.0f, 0.0f, 7.0f},
    [PARAM_STOP_DISTANCE_M] = {0.10f, 0.10f, 1.0f},
    [PARAM_REACTION_S] = {0.10f, 0.067f, 1.0f},
    [PARAM_KP] = {1.6f, 0.0f, 20.0f},
    [PARAM_KI] = {8.0f, 0.0f, 200.0f},
    [PARAM_KD] = {0.004f, 0.0f, 1.0f},
    [PARAM_D_TAU_S] = {0.02f, 0.001f, 1.0f},
    [PARAM_KS] = {0.01f, 0.0f, 0.3f},
    [PARAM_KV_SCALE] = {1.0f, 0.0f, 2.0f},
    [PARAM_SLEW_PER_S] = {40.0f, 1.0f, 1000.0f},
    [PARAM_WHEEL_RATIO] = {1.0f, 0.9f, 1.1f},
    [PARAM_TRACK_RATIO] = {1.0f, 0.8f, 1.25f},
};

static bool only_lowers(uint32_t id) {
  return id >= PARAM_LINEAR_MPS && id <= PARAM_ANGULAR_ACCEL_RADPS2;
}

static void derive(struct params *params) {
  float radius = params->v[PARAM_WHEEL_RADIUS_M];
  params->m_per_count = 2.0f * REAL_PI * radius / params->v[PARAM_COUNTS_PER_REV];
  /* Borenstein and Feng 1996, equations 11 and 12: the mean of both wheels stays as it was. */
  float ratio = params->v[PARAM_WHEEL_RATIO];
  params->left_m_per_count = params->m_per_count * (2.0f / (ratio + 1.0f));
  params->right_m_per_count = params->m_per_count * (2.0f * ratio / (ratio + 1.0f));
  params->track_m = params->v[PARAM_TRACK_M] * params->v[PARAM_TRACK_RATIO];
  params->full_mps = params->v[PARAM_NO_LOAD_RADPS] * radius;
  params->half_track_m = 0.5f * params->track_m;
  params->accel_per_tick = params->v[PARAM_ACCEL_MPS2] * TICK_S;
  params->angular_accel_per_tick = params->v[PARAM_ANGULAR_ACCEL_RADPS2] * TICK_S;
  params->feed_per_mps = params->v[PARAM_KV_SCALE] / params->full_mps;
  params->integral_per_tick = params->v[PARAM_KI] * TICK_S;
  params->slope_share = TICK_S / (TICK_S + params->v[PARAM_D_TAU_S]);
  params->slew_per_tick = params->v[PARAM_SLEW_PER_S] * TICK_S;
}

void params_defaults(struct params *params) {
  for (uint32_t id = 0; id < PARAM_COUNT; id++) params->v[id] = ranges[id].initial;
  derive(params);
}

bool params_set(struct params *params, uint32_t id, float value) {
  if (id >= PARAM_COUNT || !real_finite(value)) return false;
  if (only_lowers(id)) value = real_min(value, ranges[id].high);
  if (value < ranges[id].low || value > ranges[id].high) return false;
  params->v[id] = value;
  derive(params);
  return true;
}

bool params_is_gain(uint32_t id) { return id >= PARAM_KP && id <= PARAM_SLEW_PER_S; }
