/* A simulator plays the pins: each tick's outputs go out, and the tick after it waits for the
   world's answer. So a stalled simulator makes the robot slow, never wrong. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hal.h"
#include "wire.h"

/* tick u32 | left f32 | right f32 | trigger i32 | servo u16 | led u16 | enable u8 | safe u8 | 2 zeros */
#define OUT_BYTES 24u
#define SAFE_AT 21u /* 1: no tick, and no answer is wanted: the motors have no power from now on */
/* left i32 | right i32 | gyro f32 | echoes i32 x 3 | battery u16 | flags u8 | zero */
#define IN_BYTES 28u
#define ANSWER_MS 5000

static int wire = -1;
static uint8_t safe_record[OUT_BYTES];

static void safe(void) {
  if (wire >= 0) (void)!send(wire, safe_record, OUT_BYTES, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool open_plant(const struct options *options, char *why) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  if (strlen(options->hal_path) >= sizeof name.sun_path) {
    snprintf(why, PATH_BYTES, "the plant's path is too long");
    return false;
  }
  memcpy(name.sun_path, options->hal_path, strlen(options->hal_path) + 1u);
  wire = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (wire < 0 || connect(wire, (const struct sockaddr *)&name, sizeof name) != 0) {
    snprintf(why, PATH_BYTES, "no plant answers there (%s)", strerror(errno));
    if (wire >= 0) close(wire);
    wire = -1;
    return false;
  }
  (void)put_u32(safe_record + 12, 0xffffffffu); /* no sonar is triggered */
  safe_record[SAFE_AT] = 1u;
  safe();
  return true;
}

static void close_plant(void) {
  if (wire >= 0) close(wire);
  wire = -1;
}

static void outputs(const struct outputs *out, uint32_t tick) {
  uint8_t record[OUT_BYTES] = {0};
  uint8_t *at = put_u32(record, tick);
  at = put_f32(at, out->left_duty);
  at = put_f32(at, out->right_duty);
  at = put_u32(at, (uint32_t)out->trigger_sonar);
  at = put_u16(at, out->accessory[0]);
  at = put_u16(at, out->accessory[1]);
  (void)put_u8(at, out->enable ? 1u : 0u);
  (void)!send(wire, record, OUT_BYTES, MSG_NOSIGNAL);
}

static bool read_record(uint8_t record[IN_BYTES]) {
  size_t length = 0;
  while (length < IN_BYTES) {
    struct pollfd ready = {.fd = wire, .events = POLLIN};
    int answers = poll(&ready, 1, ANSWER_MS);
    if (answers < 0 && errno == EINTR) continue;
    if (answers <= 0) return false;
    ssize_t got = recv(wire, record + length, IN_BYTES - length, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return false;
    length += (size_t)got;
  }
  return true;
}

static bool answer(struct inputs *inputs) {
  uint8_t record[IN_BYTES];
  /* The plant greets with one record, so that the first tick has inputs as well. */
  if (!read_record(record)) return false;
  inputs->left_counts = (int32_t)get_u32(record);
  inputs->right_counts = (int32_t)get_u32(record + 4);
  inputs->gyro_radps = get_f32(record + 8);
  for (uint32_t i = 0; i < SONARS; i++) {
    inputs->echo_us[i] = (int32_t)get_u32(&record[12u + 4u * i]);
  }
  inputs->battery_mv = get_u16(record + 24);
  inputs->bumper_left = (record[26] & 1u) != 0;
  inputs->bumper_right = (record[26] & 2u) != 0;
  inputs->estop_open = (record[26] & 4u) != 0;
  return true;
}

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

const struct hal hal_plant = {
    .name = "plant",
    .open = open_plant,
    .close = close_plant,
    .safe = safe,
    .enable = enable,
    .duty = duty,
    .trigger = trigger,
    .accessory = accessory,
    .edges = edges,
    .level = level,
    .battery_mv = battery_mv,
    .lost_edges = lost_edges,
    .answer = answer,
    .outputs = outputs,
};
