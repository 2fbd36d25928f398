/* The loop: 1,000 times a second by the clock, or as fast as step frames come. */
#ifndef LOOP_H
#define LOOP_H
#include "figures.h"
#include "hal.h"
#include "line.h"
#include "options.h"

/* Runs until the time is over (0) or the world is gone (1); the caller makes the pins safe. */
int loop_run(const struct options *options, const struct hal *hal, struct line *line,
             struct figures *figures);

#endif
