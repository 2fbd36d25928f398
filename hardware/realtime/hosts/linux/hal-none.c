/* No pins at all: what `--seconds` measures a machine with. */
#include "hal.h"

static bool open_none(const struct options *options, char *why) {
  (void)options;
  (void)why;
  return true;
}
static void nothing(void) {}
static void enable(bool on) { (void)on; }
static void duty(enum side side, float share) {
  (void)side;
  (void)share;
}
static void trigger(uint32_t sonar) { (void)sonar; }
static void accessory(uint32_t pin, uint16_t value) {
  (void)pin;
  (void)value;
}
static uint32_t edges(struct edge *to, uint32_t most) {
  (void)to;
  (void)most;
  return 0;
}
static bool level(uint32_t pin) {
  (void)pin;
  return false;
}
static uint16_t battery_mv(void) { return 0; }
static uint32_t lost_edges(void) { return 0; }

const struct hal hal_none = {
    .name = "none",
    .open = open_none,
    .close = nothing,
    .safe = nothing,
    .enable = enable,
    .duty = duty,
    .trigger = trigger,
    .accessory = accessory,
    .edges = edges,
    .level = level,
    .battery_mv = battery_mv,
    .lost_edges = lost_edges,
};
