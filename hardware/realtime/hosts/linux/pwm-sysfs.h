/* Hardware PWM through sysfs, found by the device's path: chip numbers moved between kernels. */
#ifndef PWM_SYSFS_H
#define PWM_SYSFS_H
#include <stdbool.h>
#include <stdint.h>

#include "pins.h"

struct pwm {
  int duty_file; /* -1 = not wired */
  uint32_t period_ns;
  uint32_t duty_ns;
};

/* Exports the channel and starts it with zero duty. root is "/sys" but for tests. False with
   errno; a place without a device is fine and stays closed. */
bool pwm_open(struct pwm *pwm, const char *root, const struct pwm_place *place, uint32_t hz);
/* 0..1. Writes only what changed. */
void pwm_set(struct pwm *pwm, float share);
/* Pulse in microseconds, for a servo. */
void pwm_pulse(struct pwm *pwm, uint32_t pulse_us);
/* Zero duty; one system call, may be called from a signal handler. */
void pwm_zero(struct pwm *pwm);
void pwm_close(struct pwm *pwm);

#endif
