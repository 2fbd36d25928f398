#define _GNU_SOURCE
#include "pwm-sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXPORT_TRIES 50u /* 10 ms each: udev sets the rights of a fresh channel */

static bool write_number(const char *path, uint32_t value) {
  char text[16];
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  int length = snprintf(text, sizeof text, "%u", value);
  bool whole = write(file, text, (size_t)length) == length;
  int why = errno;
  close(file);
  errno = why;
  return whole;
}

/* True when a folder of that name stands in the path. */
static bool names_device(const char *path, const char *device) {
  size_t length = strlen(device);
  for (const char *at = strstr(path, device); at != 0; at = strstr(at + 1, device)) {
    bool begins = at > path && at[-1] == '/';
    if (begins && (at[length] == '/' || at[length] == '\0')) return true;
  }
  return false;
}

static bool find_chip(const char *root, const char *device, char *to, size_t bytes) {
  char folder[PATH_MAX];
  snprintf(folder, sizeof folder, "%s/class/pwm", root);
  DIR *chips = opendir(folder);
  bool found = false;
  if (chips == 0) return false;
  for (struct dirent *chip = readdir(chips); chip != 0 && !found; chip = readdir(chips)) {
    char path[PATH_MAX + 258u];
    char real[PATH_MAX];
    if (strncmp(chip->d_name, "pwmchip", 7u) != 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, chip->d_name);
    if (realpath(path, real) == 0 || !names_device(real, device)) continue;
    found = strlen(real) < bytes;
    if (found) memcpy(to, real, strlen(real) + 1u);
  }
  closedir(chips);
  if (!found) errno = ENODEV;
  return found;
}

static bool prepare(const char *channel, uint32_t period_ns) {
  char path[PATH_MAX + 32u];
  const struct timespec pause = {.tv_sec = 0, .tv_nsec = 10000000};
  bool set = false;
  snprintf(path, sizeof path, "%s/duty_cycle", channel);
  for (uint32_t i = 0; i < EXPORT_TRIES && !set; i++) {
    set = write_number(path, 0);
    if (!set) (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, 0);
  }
  snprintf(path, sizeof path, "%s/period", channel);
  if (!write_number(path, period_ns)) return false;
  snprintf(path, sizeof path, "%s/enable", channel);
  return write_number(path, 1);
}

bool pwm_open(struct pwm *pwm, const char *root, const struct pwm_place *place, uint32_t hz) {
  char chip[PATH_MAX - 64];
  char path[PATH_MAX];
  char duty[PATH_MAX + 16u];
  *pwm = (struct pwm){.duty_file = -1, .period_ns = 1000000000u / hz};
  if (place->device[0] == '\0') return true;
  if (!find_chip(root, place->device, chip, sizeof chip)) return false;
  snprintf(path, sizeof path, "%s/export", chip);
  /* Busy: a run before us exported it. */
  if (!write_number(path, place->channel) && errno != EBUSY) return false;
  snprintf(path, sizeof path, "%s/pwm%u", chip, place->channel);
  if (!prepare(path, pwm->period_ns)) return false;
  snprintf(duty, sizeof duty, "%s/duty_cycle", path);
  pwm->duty_file = open(duty, O_WRONLY | O_CLOEXEC);
  return pwm->duty_file >= 0;
}

static void write_duty(struct pwm *pwm, uint32_t duty_ns) {
  char text[12];
  uint32_t length = 0;
  if (pwm->duty_file < 0 || duty_ns == pwm->duty_ns) return;
  /* By hand: the C library's printing is not fit for a 1 kHz loop that must not take a lock. */
  for (uint32_t rest = duty_ns; rest > 0 || length == 0; rest /= 10u) {
    length++;
    text[sizeof text - length] = (char)('0' + rest % 10u);
  }
  const char *first = text + sizeof text - length;
  if (pwrite(pwm->duty_file, first, length, 0) == (ssize_t)length) pwm->duty_ns = duty_ns;
}

void pwm_set(struct pwm *pwm, float share) {
  float clamped = share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
  write_duty(pwm, (uint32_t)(clamped * (float)pwm->period_ns));
}

void pwm_pulse(struct pwm *pwm, uint32_t pulse_us) {
  uint32_t most_us = pwm->period_ns / 1000u;
  write_duty(pwm, (pulse_us > most_us ? most_us : pulse_us) * 1000u);
}

void pwm_zero(struct pwm *pwm) {
  /* Also when we believe that it is zero: a signal may have come between the two lines above. */
  if (pwm->duty_file >= 0) (void)!pwrite(pwm->duty_file, "0", 1, 0);
  pwm->duty_ns = 0;
}

void pwm_close(struct pwm *pwm) {
  if (pwm->duty_file >= 0) close(pwm->duty_file);
  pwm->duty_file = -1;
}
