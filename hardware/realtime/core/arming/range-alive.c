#include "../arming.h"

static bool holds(const struct core *core) {
  return !range_blind(&core->range);
}

const struct arming_check arming_range = {
    3,
    "No range sensor answers: check the wires of the sonar.",
    holds,
};
