#include "../arming.h"

static bool holds(const struct core *core) {
  return core_motion(core) < STANDSTILL_MPS;
}

const struct arming_check arming_standstill = {
    4,
    "The wheels turn: hold the robot still.",
    holds,
};
