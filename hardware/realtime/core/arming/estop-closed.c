#include "../arming.h"

static bool holds(const struct core *core) {
  return !core->estop.open;
}

const struct arming_check arming_estop = {
    1,
    "The e-stop is open: turn the button back out, or look for a cut wire.",
    holds,
};
