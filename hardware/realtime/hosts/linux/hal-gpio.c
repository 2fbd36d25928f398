/* Real pins: GPIO character device and PWM in sysfs. Not run on the real thing; tests/hil/gpio-shim.c
   plays the kernel. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gpio-lines.h"
#include "hal.h"
#include "pwm-sysfs.h"

#define TRIGGER_NS 12000u /* the data sheet wants 10 us at least */
#define SERVO_HZ 50u
#define EVENTS 64u

static struct pins wires;
static struct gpio_lines outs;
static struct gpio_lines edge_lines;
static struct gpio_lines level_lines;
static struct pwm wheels[2];
static struct pwm servo;
static uint64_t out_bits;
static uint32_t lost;
static uint32_t last_seqno;

static void safe(void) {
  out_bits = 0;
  (void)gpio_write(&outs, ((uint64_t)1 << outs.count) - 1u, 0);
  pwm_zero(&wheels[SIDE_LEFT]);
  pwm_zero(&wheels[SIDE_RIGHT]);
}

static bool open_lines(char *why) {
  const uint64_t edges = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING |
                         GPIO_V2_LINE_FLAG_EDGE_FALLING;
  int chip = gpio_find_chip(wires.chip);
  if (chip < 0) {
    snprintf(why, PATH_BYTES, "no GPIO chip has the label \"%s\"", wires.chip);
    return false;
  }
  bool taken =
      gpio_take(&outs, chip, &wires, PIN_ENABLE, PIN_FIRST_EDGE - 1u,
                GPIO_V2_LINE_FLAG_OUTPUT) &&
      gpio_take(&edge_lines, chip, &wires, PIN_FIRST_EDGE, PIN_FIRST_LEVEL - 1u, edges) &&
      gpio_take(&level_lines, chip, &wires, PIN_FIRST_LEVEL, PIN_COUNT - 1u,
                GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
  if (!taken) snprintf(why, PATH_BYTES, "a GPIO line is not to be had (%s)", strerror(errno));
  close(chip);
  return taken;
}

static bool open_gpio(const struct options *options, char *why) {
  const char *root = "/sys";
  wires = options->pins;
  outs.file = edge_lines.file = level_lines.file = -1;
  wheels[0].duty_file = wheels[1].duty_file = servo.duty_file = -1;
  if (!open_lines(why)) return false;
  bool ready = pwm_open(&wheels[SIDE_LEFT], root, &wires.left_pwm, wires.pwm_hz) &&
               pwm_open(&wheels[SIDE_RIGHT], root, &wires.right_pwm, wires.pwm_hz) &&
               pwm_open(&servo, root, &wires.servo_pwm, SERVO_HZ);
  if (!ready) snprintf(why, PATH_BYTES, "a PWM channel is not to be had (%s)", strerror(errno));
  safe();
  return ready;
}

static void close_gpio(void) {
  if (outs.file >= 0) close(outs.file);
  if (edge_lines.file >= 0) close(edge_lines.file);
  if (level_lines.file >= 0) close(level_lines.file);
  pwm_close(&wheels[SIDE_LEFT]);
  pwm_close(&wheels[SIDE_RIGHT]);
  pwm_close(&servo);
}

static void write_bits(uint64_t mask, uint64_t bits) {
  uint64_t next = (out_bits & ~mask) | (bits & mask);
  if (next != out_bits && gpio_write(&outs, mask, bits)) out_bits = next;
}

static void enable(bool on) {
  uint64_t bit = gpio_bit(&outs, PIN_ENABLE);
  write_bits(bit, on ? bit : 0);
}

/* Two direction lines a side, as H bridges such as the TB6612FNG have them; both low coasts. */
static void duty(enum side side, float share) {
  bool left = side == SIDE_LEFT;
  uint64_t forward = gpio_bit(&outs, left ? PIN_LEFT_FORWARD : PIN_RIGHT_FORWARD);
  uint64_t backward = gpio_bit(&outs, left ? PIN_LEFT_BACKWARD : PIN_RIGHT_BACKWARD);
  uint64_t wanted = share > 0.0f ? forward : share < 0.0f ? backward : 0;
  write_bits(forward | backward, wanted);
  pwm_set(&wheels[side], share < 0.0f ? -share : share);
}

static void trigger(uint32_t sonar) {
  struct timespec begun;
  struct timespec now;
  uint64_t bit = gpio_bit(&outs, PIN_TRIGGER_FRONT + sonar);
  if (bit == 0) return;
  write_bits(bit, bit);
  clock_gettime(CLOCK_MONOTONIC, &begun);
  do {
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - begun.tv_sec) * 1000000000L + now.tv_nsec - begun.tv_nsec <
           (long)TRIGGER_NS);
  write_bits(bit, 0);
}

static void accessory(uint32_t pin, uint16_t value) {
  uint64_t led = gpio_bit(&outs, PIN_LED);
  if (pin == 0) pwm_pulse(&servo, value);
  else write_bits(led, value != 0 ? led : 0);
}

static uint32_t pin_of(uint32_t offset) {
  for (uint32_t i = 0; i < edge_lines.count; i++) {
    if (edge_lines.offsets[i] == offset) return edge_lines.pins[i];
  }
  return PIN_COUNT;
}

static uint32_t edges(struct edge *to, uint32_t most) {
  struct gpio_v2_line_event events[EVENTS];
  if (edge_lines.file < 0) return 0;
  size_t room = (most < EVENTS ? most : EVENTS) * sizeof events[0];
  ssize_t got = read(edge_lines.file, events, room);
  if (got <= 0) return 0;
  uint32_t count = (uint32_t)((size_t)got / sizeof events[0]);
  for (uint32_t i = 0; i < count; i++) {
    /* Numbered over all lines of the request, from 1: a gap is a buffer that ran over. */
    lost += events[i].seqno - last_seqno - 1u;
    last_seqno = events[i].seqno;
    to[i] = (struct edge){events[i].timestamp_ns, pin_of(events[i].offset),
                          events[i].id == GPIO_V2_LINE_EVENT_RISING_EDGE};
  }
  return count;
}

static bool level(uint32_t pin) {
  const struct gpio_lines *lines = pin >= PIN_FIRST_LEVEL ? &level_lines : &edge_lines;
  uint64_t bit = gpio_bit(lines, pin);
  uint64_t bits = 0;
  if (bit == 0) return false;
  /* What cannot be read counts as a cut wire. */
  return !gpio_read(lines, bit, &bits) || (bits & bit) != 0;
}

static uint16_t battery_mv(void) {
  char text[24] = "";
  int file = open(wires.battery_path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t got = read(file, text, sizeof text - 1u);
  close(file);
  float mv = got > 0 ? strtof(text, 0) * wires.battery_mv_per_unit : 0.0f;
  return mv > 0.0f && mv < 65535.0f ? (uint16_t)mv : 0;
}

static uint32_t lost_edges(void) { return lost; }

const struct hal hal_gpio = {
    .name = "gpio",
    .open = open_gpio,
    .close = close_gpio,
    .safe = safe,
    .enable = enable,
    .duty = duty,
    .trigger = trigger,
    .accessory = accessory,
    .edges = edges,
    .level = level,
    .battery_mv = battery_mv,
    .lost_edges = lost_edges,
};
