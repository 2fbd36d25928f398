/*
 * Any parameters, any set-points, any sensor values, N ticks: the duties stay within [-1, 1].
 * Arguments: N, seed. Prints ticks, powered ticks, ticks out of bounds, largest duty.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core.h"
#include "real.h"

#define LIFE 400u

static uint32_t state;

/* Marsaglia's xorshift, 13-17-5. */
static uint32_t any(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/* Any bits, a huge value, or a common one. */
static float any_float(float common) {
  switch (any() % 8u) {
    case 0:
      return real_from_bits(any());
    case 1:
      return any() % 2u == 0 ? 1e38f : -1e38f;
    default:
      return common * ((float)(any() % 2001u) - 1000.0f) / 1000.0f;
  }
}

static void power_up(struct core *core) {
  static const float common[PARAM_COUNT] = {
      0.1f, 0.5f, 2000.0f, 0.5f, 1.5f, 1.0f, 4.0f, 50.0f, 1.0f, 9000.0f, 6000.0f, 7000.0f, 0.0f,
      0.0f, 0.5f, 0.5f,    20.0f, 200.0f, 1.0f, 1.0f, 0.3f, 2.0f, 1000.0f, 1.1f, 1.2f};
  struct params params;
  params_defaults(&params);
  for (uint32_t id = 0; id < PARAM_COUNT; id++) {
    if (any() % 3u == 0) params_set(&params, id, real_abs(any_float(common[id])));
  }
  params_set(&params, PARAM_SONARS, 0.0f);
  params_set(&params, PARAM_SONARS_AHEAD, 0.0f);
  params_set(&params, PARAM_EMPTY_MV, 600.0f);
  core_init(core, &params, (enum tier)(any() % 4u), 0, any());
}

/* Past the link, so that every value reaches the loops. */
static void force(struct core *core) {
  struct session *session = sessions_open(&core->sessions, 1, core->now);
  core->sessions.owner = session == 0 ? 0 : 1;
  core->stop.mode = MODE_ARMED;
  core->stop.reasons = 0;
  drive_admit(&core->drive, any_float(0.5f), any_float(1.5f), any() % 300u, core->now);
}

int main(int count, char **words) {
  static struct core core;
  unsigned long ticks = count > 1 ? strtoul(words[1], 0, 10) : 1000000ul;
  state = count > 2 ? (uint32_t)strtoul(words[2], 0, 10) * 2u + 1u : 1u;
  unsigned long powered = 0;
  unsigned long out = 0;
  float largest = 0.0f;
  struct inputs inputs = {.battery_mv = 7400};
  struct outputs outputs;
  for (unsigned long i = 0; i < ticks; i++) {
    if (i % LIFE == 0) power_up(&core);
    if (i % 20u == 0) force(&core);
    uint32_t step = any();
    uint32_t most = step % 64u == 0 ? 0xffffffffu : 9u;
    inputs.left_counts = (int32_t)((uint32_t)inputs.left_counts + any() % most);
    inputs.right_counts = (int32_t)((uint32_t)inputs.right_counts - any() % most);
    inputs.gyro_radps = any_float(3.0f);
    for (uint32_t k = 0; k < SONARS; k++) inputs.echo_us[k] = (int32_t)any();
    inputs.battery_mv = (uint16_t)(step % 16u == 0 ? any() : 7400u);
    core_tick(&core, &inputs, &outputs);
    core.tx.length = 0;
    powered += outputs.enable ? 1u : 0u;
    float duty = real_max(real_abs(outputs.left_duty), real_abs(outputs.right_duty));
    bool sound = real_finite(outputs.left_duty) && real_finite(outputs.right_duty);
    if (!sound || !(duty <= 1.0f)) out++;
    else largest = real_max(largest, duty);
  }
  printf("%lu %lu %lu %.6f\n", ticks, powered, out, (double)largest);
  return out == 0 ? 0 : 1;
}
