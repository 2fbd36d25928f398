#define _GNU_SOURCE
#include "loop.h"

#include <time.h>

#include "sensors.h"

#ifndef CORE_BUILD
#define CORE_BUILD 0u
#endif

#define PERIOD_NS 1000000u
#define HIL_WAIT_MS 20
/* A simulated world that fell behind further than this is slow, and stays so. */
#define BEHIND_NS 100000000u

struct loop {
  const struct options *options;
  const struct hal *hal;
  struct line *line;
  struct figures *figures;
  struct sensors sensors;
  struct inputs inputs;
  struct outputs outputs;
};

static struct core core;

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void wait_until(uint64_t due_ns) {
  const struct timespec due = {.tv_sec = (time_t)(due_ns / 1000000000u),
                               .tv_nsec = (long)(due_ns % 1000000000u)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, 0) != 0) continue;
}

static void write_pins(struct loop *loop, uint32_t triggers) {
  const struct hal *hal = loop->hal;
  const struct outputs *out = &loop->outputs;
  if (hal->outputs != 0) {
    hal->outputs(out, core.now);
    return;
  }
  if (!out->enable) hal->enable(false);
  hal->duty(SIDE_LEFT, out->left_duty);
  hal->duty(SIDE_RIGHT, out->right_duty);
  if (out->enable) hal->enable(true);
  for (uint32_t i = 0; i < 2u; i++) hal->accessory(i, out->accessory[i]);
  for (uint32_t i = 0; i < SONARS; i++) {
    if ((triggers >> i & 1u) != 0) hal->trigger(i);
  }
}

/* A share of the way from a to b that wraps as counts do. */
static int32_t between(int32_t a, int32_t b, uint32_t share, uint32_t of) {
  int64_t way = (int32_t)((uint32_t)b - (uint32_t)a);
  return (int32_t)((uint32_t)a + (uint32_t)(way * share / of));
}

/* The core's ticks are time itself: what passed while the kernel let us wait is made up for, with
   the counts spread evenly, or a late tick would look like an encoder that jumped. */
static uint32_t tick(struct loop *loop, uint32_t ticks, const struct inputs *before) {
  struct inputs inputs = loop->inputs;
  uint32_t triggers = 0;
  for (uint32_t i = 0; i < SONARS; i++) inputs.echo_us[i] = 0;
  for (uint32_t k = 1; k <= ticks; k++) {
    inputs.left_counts = between(before->left_counts, loop->inputs.left_counts, k, ticks);
    inputs.right_counts = between(before->right_counts, loop->inputs.right_counts, k, ticks);
    core_tick(&core, k == ticks ? &loop->inputs : &inputs, &loop->outputs);
    if (loop->outputs.trigger_sonar >= 0) triggers |= 1u << loop->outputs.trigger_sonar;
  }
  return triggers;
}

static void send_words(struct loop *loop) {
  uint8_t bytes[TX_RING];
  line_write(loop->line, bytes, core_transmit(&core, bytes));
}

static void stall(struct loop *loop) {
  bool moves = core.stop.mode == MODE_ARMED || stop_holds_power(&core.stop);
  loop->figures->stalls++;
  /* Whoever slept through that long does not know what the robot met. */
  if (moves) core_stop(&core, REASON_INTERNAL);
}

static void note_write(struct figures *figures, uint64_t took_ns) {
  figures->write_total_ns += took_ns;
  if (took_ns > figures->write_longest_ns) figures->write_longest_ns = (uint32_t)took_ns;
}

static bool turn(struct loop *loop, uint32_t ticks) {
  const struct inputs before = loop->inputs;
  line_read(loop->line, &core);
  if (!sensors_read(&loop->sensors, loop->hal, &loop->options->pins,
                    loop->figures->battery_mv, &loop->inputs)) {
    return false;
  }
  uint32_t triggers = tick(loop, ticks, &before);
  uint64_t began = now_ns();
  write_pins(loop, triggers);
  note_write(loop->figures, now_ns() - began);
  send_words(loop);
  loop->figures->lost_edges = loop->sensors.lost;
  loop->figures->edges = loop->sensors.edges;
  loop->figures->beat++;
  loop->figures->loop_runs = true;
  return true;
}

static int run_by_clock(struct loop *loop) {
  const uint64_t stall_ns = (uint64_t)loop->options->stall_ms * PERIOD_NS;
  uint64_t left = (uint64_t)loop->options->seconds * 1000u;
  uint64_t due = now_ns();
  while (loop->options->seconds == 0 || left-- > 0) {
    due += PERIOD_NS;
    wait_until(due);
    uint64_t late = now_ns() - due;
    figures_add(loop->figures, late > 1000000000u ? 1000000u : (uint32_t)(late / 1000u));
    uint32_t ticks = 1;
    if (loop->hal->answer != 0) {
      if (late > BEHIND_NS) due = now_ns();
    } else {
      if (late >= stall_ns) stall(loop);
      uint64_t most = late < stall_ns ? late : stall_ns;
      ticks += (uint32_t)(most / PERIOD_NS);
      due += late / PERIOD_NS * PERIOD_NS;
    }
    if (!turn(loop, ticks)) return 1;
  }
  return 0;
}

/* No clock: bytes alone move this core, or an idle second would stand in its trace. */
static _Noreturn void run_by_frames(struct loop *loop) {
  for (;;) {
    line_wait(loop->line, HIL_WAIT_MS);
    line_read(loop->line, &core);
    if (core_in_hil(&core)) core_poll(&core);
    else if (core.rx.head != core.rx.tail) core_tick(&core, &loop->inputs, &loop->outputs);
    send_words(loop);
    loop->figures->beat++;
    loop->figures->loop_runs = true;
  }
}

int loop_run(const struct options *options, const struct hal *hal, struct line *line,
             struct figures *figures) {
  static struct loop loop;
  loop = (struct loop){.options = options, .hal = hal, .line = line, .figures = figures};
  enum tier tier = options->hil ? TIER_SIMULATED : figures->tier;
  core_init(&core, &options->params, tier, CORE_BUILD, options->start_tick);
  sensors_init(&loop.sensors, hal);
  if (options->hil) run_by_frames(&loop);
  return run_by_clock(&loop);
}
