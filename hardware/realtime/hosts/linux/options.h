/* What rtd was told: command line and configuration file. */
#ifndef OPTIONS_H
#define OPTIONS_H
#include <stdbool.h>
#include <stdint.h>

#include "params.h"
#include "pins.h"

#define PATH_BYTES 256u

enum hal_kind { HAL_NONE, HAL_GPIO, HAL_FAKE, HAL_PLANT };
enum line_kind { LINE_NONE, LINE_SOCKET, LINE_PTY, LINE_TTY };

struct options {
  enum hal_kind hal;
  char hal_path[PATH_BYTES];
  enum line_kind line;
  char line_path[PATH_BYTES];
  uint32_t baud;
  bool hil;       /* ticks come as step frames, not from the clock */
  bool safe_only; /* write the safe state and leave: for ExecStopPost */
  uint32_t seconds; /* leave after so long; 0 = run on */
  char figures_path[PATH_BYTES];
  int32_t cpu; /* -1 = any */
  int32_t priority; /* 0 = do not ask for SCHED_FIFO */
  uint32_t stall_ms;
  uint32_t start_tick;
  struct params params;
  struct pins pins;
  char error[PATH_BYTES]; /* the first thing that was not understood; empty = none */
};

/* Reads everything that can be read, even behind a mistake: the pins must be known to be made safe.
   False with options->error set when something was not understood. */
bool options_read(struct options *options, int count, char **words);
extern const char *const options_usage;

#endif
