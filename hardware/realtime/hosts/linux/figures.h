/* What the loop and its guard share: the beat, the lateness of every tick, the slow battery. */
#ifndef FIGURES_H
#define FIGURES_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core.h"

#define LATE_BINS 5000u /* one microsecond each; later ticks fall into the last */

struct figures {
  _Atomic uint32_t beat; /* advances while the loop lives */
  _Atomic uint32_t battery_mv;
  _Atomic bool loop_runs;
  _Atomic uint32_t ticks;
  _Atomic uint32_t missed; /* ticks that began a whole period late or more */
  _Atomic uint32_t longest_us;
  _Atomic uint32_t stalls;
  _Atomic uint32_t lost_edges;
  _Atomic uint32_t edges;
  _Atomic uint32_t write_longest_ns; /* of one tick's pins */
  uint64_t write_total_ns;
  uint32_t late[LATE_BINS];
  enum tier tier;
  bool fifo;
  bool locked;
  bool preempt_rt;
};

/* Shared between the processes that fork after this; 0 when there is no memory. */
struct figures *figures_create(void);
void figures_add(struct figures *figures, uint32_t late_us);
/* Lateness that this share (0..1) of all ticks stays at or below, microseconds. */
uint32_t figures_percentile(const struct figures *figures, double share);
const char *tier_name(enum tier tier);
/* One line of JSON; answers its length. */
uint32_t figures_print(const struct figures *figures, char *to, uint32_t bytes);
/* Writes that line to a file at once, never half. */
void figures_save(const struct figures *figures, const char *path);

#endif
