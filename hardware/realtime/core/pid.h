/* A velocity PID whose output is a duty in [-1, 1]. */
#ifndef PID_H
#define PID_H
#include <stdbool.h>

struct gains {
  float kp;
  float integral_per_tick;
  float kd;
  float slope_share; /* of a new slope in the filtered one */
  float slew_per_tick;
};

struct pid {
  float integral; /* in units of the output, so a new ki changes nothing at once */
  float slope;    /* filtered derivative of the measurement */
  float measured;
  float expected; /* what the measurement can have reached: the integrator is judged by this */
  float error;
  float out;
};

void pid_reset(struct pid *pid, float measured);
/* One tick; hold stops the integrator. Anything that is no number gives 0 and a reset. */
float pid_step(struct pid *pid, const struct gains *gains, float target, float measured,
               float feed, bool hold);
/* Takes what kp no longer gives into the integrator, so the output does not jump. */
void pid_change_kp(struct pid *pid, float from, float to);

#endif
