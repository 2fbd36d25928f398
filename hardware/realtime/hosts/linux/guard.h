/* Two processes: one runs the loop, the other sees to it that the pins are safe when the first
   dies, hangs or is stopped, whatever the reason. */
#ifndef GUARD_H
#define GUARD_H
#include "figures.h"
#include "hal.h"
#include "line.h"
#include "options.h"

/* Forks; the caller's process becomes the guard. Answers the exit code. */
int guard_run(const struct options *options, const struct hal *hal, struct line *line,
              struct figures *figures);

#endif
