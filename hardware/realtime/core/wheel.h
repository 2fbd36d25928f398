/* One wheel: speed from counts, the speed loop, and what its own behaviour says is wrong. */
#ifndef WHEEL_H
#define WHEEL_H
#include <stdbool.h>
#include <stdint.h>

#include "params.h"
#include "pid.h"

#define SPEED_RING 32u

struct wheel {
  int32_t raw;
  bool seen;
  int32_t total;
  int32_t moved; /* counts of this tick */
  bool jumped;
  uint32_t clock;
  uint32_t edge; /* when the last count came */
  int32_t totals[SPEED_RING];
  uint32_t edges[SPEED_RING];
  float mps;
  struct pid pid;
  float duty;
  uint32_t driven_quiet_ms;
  uint32_t runaway_ms;
};

void wheel_init(struct wheel *wheel);
/* Takes the encoder's count of this tick. */
void wheel_sense(struct wheel *wheel, int32_t counts, float m_per_count);
/* Runs the speed loop; accel is the set-point's slope, volts the ratio nominal to measured. */
void wheel_drive(struct wheel *wheel, const struct params *params, float target_mps,
                 float accel_mps2, float volts);
/* No forward duty in this tick, whatever the loop's slew: a range stop does not wait. */
void wheel_cut(struct wheel *wheel);
/* A duty past the speed loop, which takes over from there without a jump. */
void wheel_push(struct wheel *wheel, float duty);
/* Takes the duty off. */
void wheel_release(struct wheel *wheel);
bool wheel_stalled(const struct wheel *wheel);
bool wheel_ran_away(const struct wheel *wheel);

#endif
