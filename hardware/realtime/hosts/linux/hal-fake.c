/* Pins in a memory-mapped file: what stands there outlives rtd, however rtd ended. */
#define _GNU_SOURCE
#include "hal-fake.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hal.h"

static volatile struct fake_pins *pins;

static void safe(void) {
  if (pins == 0) return;
  pins->enable = 0;
  pins->duty_permille[0] = 0;
  pins->duty_permille[1] = 0;
  pins->safes++;
}

static bool open_fake(const struct options *options, char *why) {
  int file = open(options->hal_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  void *map = MAP_FAILED;
  if (file >= 0 && ftruncate(file, sizeof(struct fake_pins)) == 0) {
    map = mmap(0, sizeof(struct fake_pins), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  if (file >= 0) close(file);
  if (map == MAP_FAILED) {
    snprintf(why, PATH_BYTES, "cannot map the file of the pins");
    return false;
  }
  pins = map;
  safe();
  return true;
}

static void nothing(void) {}
static void enable(bool on) { pins->enable = on ? 1u : 0u; }
static void duty(enum side side, float share) {
  pins->duty_permille[side] = (int32_t)(share * 1000.0f);
}
static void trigger(uint32_t sonar) { pins->triggers[sonar]++; }
static void accessory(uint32_t pin, uint16_t value) { pins->accessory[pin] = value; }

/* A test asks for the ways in which a program dies of itself. */
static void die_as_told(void) {
  uint32_t how = pins->abort_now;
  if (how == 0) return;
  pins->abort_now = 0;
  assert(how != 1u);
  if (how == 2u) {
    for (;;) pause();
  }
  if (how == 3u) (void)raise(SIGSEGV);
}

static uint32_t edges(struct edge *to, uint32_t most) {
  uint32_t count = 0;
  die_as_told();
  while (count < most && pins->edge_tail != pins->edge_head) {
    volatile struct fake_edge *edge = &pins->edges[pins->edge_tail % FAKE_EDGES];
    to[count++] = (struct edge){edge->time_ns, edge->pin, edge->level != 0};
    pins->edge_tail++;
  }
  return count;
}

static bool level(uint32_t pin) { return (pins->level_mask >> pin & 1u) != 0; }
static uint16_t battery_mv(void) { return (uint16_t)pins->battery_mv; }
static uint32_t lost_edges(void) { return 0; }

const struct hal hal_fake = {
    .name = "fake",
    .open = open_fake,
    .close = nothing,
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
