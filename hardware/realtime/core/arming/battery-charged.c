#include "../arming.h"

static bool holds(const struct core *core) {
  return core->battery.seen && core->battery.mv >= core->params.v[PARAM_EMPTY_MV];
}

const struct arming_check arming_battery = {
    2,
    "The battery is empty or not measured: charge it, or check its plug.",
    holds,
};
