/* Parameters by number: geometry, limits, gains. The wire and the hosts use the same numbers. */
#ifndef PARAMS_H
#define PARAMS_H
#include <stdbool.h>
#include <stdint.h>

enum param {
  PARAM_WHEEL_RADIUS_M = 0,
  PARAM_TRACK_M = 1,
  PARAM_COUNTS_PER_REV = 2,
  PARAM_LINEAR_MPS = 3,
  PARAM_ANGULAR_RADPS = 4,
  PARAM_ACCEL_MPS2 = 5,
  PARAM_ANGULAR_ACCEL_RADPS2 = 6,
  PARAM_NO_LOAD_RADPS = 7,
  PARAM_MOTOR_TAU_S = 8,
  PARAM_NOMINAL_MV = 9,
  PARAM_EMPTY_MV = 10,
  PARAM_DERATE_MV = 11,
  /* Bit masks: 1 front, 2 left, 4 right. */
  PARAM_SONARS = 12,
  PARAM_SONARS_AHEAD = 13,
  PARAM_STOP_DISTANCE_M = 14,
  PARAM_REACTION_S = 15,
  PARAM_KP = 16,
  PARAM_KI = 17,
  PARAM_KD = 18,
  PARAM_D_TAU_S = 19,
  PARAM_KS = 20,
  PARAM_KV_SCALE = 21,
  PARAM_SLEW_PER_S = 22,
  /* UMBmark: right wheel's diameter over the left one's, effective track over the measured one. */
  PARAM_WHEEL_RATIO = 23,
  PARAM_TRACK_RATIO = 24,
  PARAM_COUNT = 25
};

struct params {
  float v[PARAM_COUNT];
  float m_per_count;
  float left_m_per_count;
  float right_m_per_count;
  float track_m;
  /* Metres per second of a free wheel at full duty and nominal voltage. */
  float full_mps;
  /* As a tick uses them: an operation a tick is dear where floats are software. */
  float half_track_m;
  float accel_per_tick;
  float angular_accel_per_tick;
  float feed_per_mps;
  float integral_per_tick;
  float slope_share;
  float slew_per_tick;
};

void params_defaults(struct params *params);
/* False when the value is unusable; a limit above the compiled-in one is lowered to it. */
bool params_set(struct params *params, uint32_t id, float value);
/* Gains may change while the robot drives; geometry and limits may not. */
bool params_is_gain(uint32_t id);

#endif
