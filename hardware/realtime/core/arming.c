#include "arming.h"

static const struct arming_check *const checks[ARMING_CHECKS] = {
    &arming_estop, &arming_battery, &arming_range, &arming_standstill, &arming_encoder,
};

const struct arming_check *arming_check_at(uint32_t index) {
  return index < ARMING_CHECKS ? checks[index] : 0;
}

uint32_t arming_first_failing(const struct core *core) {
  for (uint32_t i = 0; i < ARMING_CHECKS; i++) {
    if (!checks[i]->holds(core)) return checks[i]->id;
  }
  return 0;
}
