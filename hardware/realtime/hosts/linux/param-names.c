#include "param-names.h"

#include <string.h>

#include "params.h"

static const char *const names[PARAM_COUNT] = {
    [PARAM_WHEEL_RADIUS_M] = "wheelRadiusM",
    [PARAM_TRACK_M] = "trackM",
    [PARAM_COUNTS_PER_REV] = "countsPerRev",
    [PARAM_LINEAR_MPS] = "linearMps",
    [PARAM_ANGULAR_RADPS] = "angularRadps",
    [PARAM_ACCEL_MPS2] = "accelMps2",
    [PARAM_ANGULAR_ACCEL_RADPS2] = "angularAccelRadps2",
    [PARAM_NO_LOAD_RADPS] = "noLoadRadps",
    [PARAM_MOTOR_TAU_S] = "motorTauS",
    [PARAM_NOMINAL_MV] = "nominalMv",
    [PARAM_EMPTY_MV] = "emptyMv",
    [PARAM_DERATE_MV] = "derateMv",
    [PARAM_SONARS] = "sonars",
    [PARAM_SONARS_AHEAD] = "sonarsAhead",
    [PARAM_STOP_DISTANCE_M] = "stopDistanceM",
    [PARAM_REACTION_S] = "reactionS",
    [PARAM_KP] = "kp",
    [PARAM_KI] = "ki",
    [PARAM_KD] = "kd",
    [PARAM_D_TAU_S] = "dTauS",
    [PARAM_KS] = "ks",
    [PARAM_KV_SCALE] = "kvScale",
    [PARAM_SLEW_PER_S] = "slewPerS",
    [PARAM_WHEEL_RATIO] = "wheelRatio",
    [PARAM_TRACK_RATIO] = "trackRatio",
};

uint32_t param_by_name(const char *name) {
  for (uint32_t id = 0; id < PARAM_COUNT; id++) {
    if (names[id] != 0 && strcmp(names[id], name) == 0) return id;
  }
  return PARAM_COUNT;
}
