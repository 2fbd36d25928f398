#include "pid.h"

#include "limits.h"
#include "real.h"

#define INTEGRAL_MAX 0.6f
/* Faster than every ramp, slower than the motor: a step's own lag then winds up nothing. */
#define EXPECTED_PER_S 4.0f

void pid_reset(struct pid *pid, float measured) {
  pid->integral = 0.0f;
  pid->slope = 0.0f;
  pid->measured = measured;
  pid->expected = measured;
  pid->error = 0.0f;
  pid->out = 0.0f;
}

float pid_step(struct pid *pid, const struct gains *gains, float target, float measured,
               float feed, bool hold) {
  if (!real_finite(target) || !real_finite(measured) || !real_finite(feed)) {
    pid_reset(pid, 0.0f);
    return 0.0f;
  }
  float error = target - measured;
  float slope = (measured - pid->measured) * TICKS_PER_S;
  pid->slope += (slope - pid->slope) * gains->slope_share;
  pid->measured = measured;
  pid->error = error;

  float wanted = feed + gains->kp * error + pid->integral - gains->kd * pid->slope;
  float slew = gains->slew_per_tick;
  float out = real_clamp(wanted, pid->out - slew, pid->out + slew);
  out = real_clamp(out, -1.0f, 1.0f);
  if (!real_finite(out)) {
    pid_reset(pid, 0.0f);
    return 0.0f;
  }
  /* Conditional integration: a limited output may only be unwound, never wound further. */
  pid->expected = hold ? measured : real_towards(pid->expected, target, EXPECTED_PER_S * TICK_S);
  float missing = pid->expected - measured;
  bool winds = (real_less(out, wanted) && real_less(0.0f, missing)) ||
               (real_less(wanted, out) && real_less(missing, 0.0f));
  if (!winds && !hold) {
    float next = pid->integral + gains->integral_per_tick * missing;
    pid->integral = real_clamp(next, -INTEGRAL_MAX, INTEGRAL_MAX);
  }
  pid->out = out;
  return out;
}

void pid_change_kp(struct pid *pid, float from, float to) {
  float next = pid->integral + (from - to) * pid->error;
  pid->integral = real_clamp(next, -INTEGRAL_MAX, INTEGRAL_MAX);
}
