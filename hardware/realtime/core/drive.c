#include "drive.h"

#include "limits.h"
#include "real.h"

void drive_init(struct drive *drive) {
  drive->live = false;
  drive->want_linear = 0.0f;
  drive->want_angular = 0.0f;
  drive->admitted_tick = 0;
  drive->ttl_ms = 0;
  drive_halt(drive);
}

void drive_admit(struct drive *drive, float linear, float angular, uint32_t ttl_ms, uint32_t now) {
  drive->live = true;
  drive->want_linear = linear;
  drive->want_angular = angular;
  drive->admitted_tick = now;
  drive->ttl_ms = ttl_ms == 0 ? TTL_DEFAULT_MS : ttl_ms > TTL_MAX_MS ? TTL_MAX_MS : ttl_ms;
}

void drive_forget(struct drive *drive) {
  drive->live = false;
  drive->want_linear = 0.0f;
  drive->want_angular = 0.0f;
}

void drive_halt(struct drive *drive) {
  drive->linear = 0.0f;
  drive->angular = 0.0f;
  drive->linear_accel = 0.0f;
  drive->angular_accel = 0.0f;
  drive->cut = false;
}

void drive_step(struct drive *drive, const struct params *params, float ceiling, struct caps caps,
                uint32_t now) {
  if (drive->live && now - drive->admitted_tick >= drive->ttl_ms) drive_forget(drive);
  float most = caps.linear_mps;
  float turn = caps.angular_radps;
  float linear_goal = real_clamp(drive->want_linear, -most, real_min(most, ceiling));
  float angular_goal = real_clamp(drive->want_angular, -turn, turn);

  float linear = real_towards(drive->linear, linear_goal, params->accel_per_tick);
  float angular = real_towards(drive->angular, angular_goal, params->angular_accel_per_tick);
  drive->linear_accel = (linear - drive->linear) * TICKS_PER_S;
  drive->angular_accel = (angular - drive->angular) * TICKS_PER_S;
  /* The range ceiling knows no ramp: below the stop distance the forward part is zero at once. */
  drive->cut = !real_less(0.0f, ceiling) && real_less(0.0f, linear);
  drive->linear = real_min(linear, real_max(0.0f, ceiling));
  drive->angular = angular;
}

struct wheel_targets drive_wheels(const struct drive *drive, const struct params *params) {
  float half = params->half_track_m;
  struct wheel_targets targets = {
      drive->linear - drive->angular * half,
      drive->linear + drive->angular * half,
      drive->linear_accel - drive->angular_accel * half,
      drive->linear_accel + drive->angular_accel * half,
  };
  return targets;
}
