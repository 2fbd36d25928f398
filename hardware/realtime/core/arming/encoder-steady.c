#include "../arming.h"

static bool holds(const struct core *core) {
  return !core->left.jumped && !core->right.jumped;
}

const struct arming_check arming_encoder = {
    5,
    "An encoder jumps: check its plug and its cable.",
    holds,
};
