/*
 * libFuzzer target: any bytes on the link, raw or as good frames with any payload, while the core
 * ticks on a calm world. Ends at once when the core does what it must never do.
 */
#include <stdlib.h>

#include "core.h"
#include "real.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct core core;

static void tick(uint32_t ms) {
  static struct outputs outputs;
  struct inputs inputs = {.battery_mv = 7400};
  for (uint32_t i = 0; i < ms; i++) {
    inputs.echo_us[0] = core.now % 60u == 20u ? 9000 + (int32_t)(core.now % 97u) : 0;
    core_tick(&core, &inputs, &outputs);
    bool sound = real_abs(outputs.left_duty) <= 1.0f && real_abs(outputs.right_duty) <= 1.0f;
    bool holds = core.stop.mode == MODE_ARMED || stop_holds_power(&core.stop);
    if (!sound || outputs.enable != (holds && !core_in_hil(&core))) abort();
    if (!outputs.enable && (outputs.left_duty != 0.0f || outputs.right_duty != 0.0f)) abort();
  }
}

static void send(struct frame *frame) {
  uint8_t wire[WIRE_MAX];
  uint32_t length = frame_encode(frame, wire);
  for (uint32_t i = 0; i < length; i++) core_receive(&core, wire[i]);
}

static void put_word(uint8_t *at, uint32_t word) {
  for (uint32_t i = 0; i < 4; i++) at[i] = (uint8_t)(word >> 8 * i);
}

static void arm(void) {
  struct frame frame = {.type = FRAME_HELLO, .seq = 1, .length = 4, .payload = {1}};
  send(&frame);
  tick(1);
  frame.type = FRAME_ARM;
  frame.seq = 2;
  frame.length = 8;
  put_word(frame.payload + 4, core.sessions.slots[0].nonce);
  send(&frame);
  tick(1);
}

/* One good frame of a type that the input names, with the rest of it as payload. */
static size_t send_made(const uint8_t *data, size_t size, uint16_t seq) {
  struct frame frame = {.type = data[0] % 16u, .seq = seq, .tick = core.now, .payload = {1}};
  int32_t bytes = frame_payload_bytes(frame.type);
  if (bytes < 0) return 1;
  frame.length = (uint32_t)bytes;
  /* Mostly the owner's token and the present generation, or little would get past them. */
  size_t used = 1;
  for (uint32_t i = 4; i < frame.length && used < size; i++) frame.payload[i] = data[used++];
  bool names_generation = frame.type == FRAME_SET_POINT || frame.type == FRAME_RESET;
  if (names_generation && data[0] < 128) put_word(frame.payload + 4, core.stop.generation);
  send(&frame);
  return used;
}

/* Cores that have booted or are armed, at a tick near its wrap or not; made once. */
static const struct core *beginning(uint32_t kind) {
  static struct core kept[4];
  static bool made;
  for (uint32_t i = 0; i < 4 && !made; i++) {
    struct params params;
    params_defaults(&params);
    core_init(&core, &params, TIER_SIMULATED, 0, i < 2 ? 0u : 0xffffff98u);
    tick(BOOT_MS + 30u);
    if (i % 2u == 1) arm();
    if (i % 2u == 1 && core.stop.mode != MODE_ARMED) abort();
    core.tx.length = 0;
    kept[i] = core;
  }
  made = true;
  return &kept[kind % 4u];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  core = *beginning(data[0]);
  bool made = (data[1] & 1u) != 0;
  uint16_t seq = 3;
  for (size_t at = 2; at < size;) {
    if (made) {
      at += send_made(data + at, size - at, seq++);
      tick(1);
    } else {
      core_receive(&core, data[at++]);
      if (at % 32u == 0) tick(1);
    }
    if (core.tx.length > TX_RING / 2) core.tx.length = 0;
  }
  tick(2);
  return 0;
}
