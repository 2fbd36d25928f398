/* From set-points that expire to the speeds of two wheels, within every limit. */
#ifndef DRIVE_H
#define DRIVE_H
#include <stdbool.h>
#include <stdint.h>

#include "params.h"

struct drive {
  bool live;
  float want_linear;
  float want_angular;
  uint32_t admitted_tick;
  uint32_t ttl_ms;
  float linear;
  float angular;
  float linear_accel;
  float angular_accel;
  /* In the tick in which the range stop takes the forward part away. */
  bool cut;
};

/* The most that is allowed now: the limits, less when the battery is low or the tier is soft. */
struct caps {
  float linear_mps;
  float angular_radps;
};

struct wheel_targets {
  float left_mps;
  float right_mps;
  float left_accel;
  float right_accel;
};

void drive_init(struct drive *drive);
/* Takes a set-point; 0 ms means the default time to live, more than the most means the most. */
void drive_admit(struct drive *drive, float linear, float angular, uint32_t ttl_ms, uint32_t now);
/* Forgets the set-point; the ramp brings the robot to rest. */
void drive_forget(struct drive *drive);
/* Rest now, without a ramp. */
void drive_halt(struct drive *drive);
/* One tick; ceiling limits the forward part, caps everything. */
void drive_step(struct drive *drive, const struct params *params, float ceiling, struct caps caps,
                uint32_t now);
struct wheel_targets drive_wheels(const struct drive *drive, const struct params *params);

#endif
