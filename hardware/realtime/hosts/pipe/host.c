/*
 * The core as a filter for tests: bytes of the link on standard input, its words on standard
 * output. It has no pins and no clock; step frames alone make it tick (HIL mode).
 */
#include <unistd.h>

#include "core.h"

static struct core core;

/* False when nobody reads any more. */
static bool say(void) {
  uint8_t bytes[TX_RING];
  uint32_t length = core_transmit(&core, bytes);
  for (uint32_t at = 0; at < length;) {
    ssize_t written = write(STDOUT_FILENO, bytes + at, length - at);
    if (written <= 0) return false;
    at += (uint32_t)written;
  }
  return true;
}

int main(void) {
  struct params params;
  struct outputs outputs;
  const struct inputs inputs = {.battery_mv = 7400};
  uint8_t bytes[RX_RING / 2];
  params_defaults(&params);
  core_init(&core, &params, TIER_SIMULATED, 0, 0);
  for (;;) {
    ssize_t length = read(STDIN_FILENO, bytes, sizeof bytes);
    if (length <= 0) return 0;
    for (ssize_t i = 0; i < length; i++) {
      core_receive(&core, bytes[i]);
      if (i % 32 != 31 && i + 1 != length) continue;
      if (core_in_hil(&core)) core_poll(&core);
      else core_tick(&core, &inputs, &outputs);
      if (!say()) return 0;
    }
  }
}
