/* rtd: opens what the core needs, makes it safe, and hands over to loop and guard. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"

#define EXIT_OUTSIDE 1
#define EXIT_CONFIG 2

static struct options options;
static struct line line;

static const struct hal *choose_hal(enum hal_kind kind) {
  switch (kind) {
    case HAL_GPIO:
      return &hal_gpio;
    case HAL_FAKE:
      return &hal_fake;
    case HAL_PLANT:
      return &hal_plant;
    default:
      return &hal_none;
  }
}

static int serve(const struct hal *hal) {
  char why[PATH_BYTES] = "no memory";
  struct figures *figures = figures_create();
  if (figures == 0 || !line_open(&line, &options, why)) {
    fprintf(stderr, "rtd: %s\n", why);
    return EXIT_OUTSIDE;
  }
  int code = guard_run(&options, hal, &line, figures);
  line_close(&line);
  char text[512];
  (void)figures_print(figures, text, sizeof text);
  if (options.seconds > 0) fputs(text, stdout);
  return code;
}

int main(int count, char **words) {
  char why[PATH_BYTES] = "";
  if (count < 2 || strcmp(words[1], "--help") == 0) {
    fputs(options_usage, stdout);
    return count < 2 ? EXIT_CONFIG : 0;
  }
  /* A reader that leaves must not end us between two ticks. */
  (void)signal(SIGPIPE, SIG_IGN);
  bool understood = options_read(&options, count, words);
  const struct hal *hal = choose_hal(options.hal);
  bool opened = hal->open(&options, why);
  int code = 0;
  if (opened) hal->safe();
  if (!understood) {
    fprintf(stderr, "rtd: %s\n", options.error);
    code = EXIT_CONFIG;
  } else if (!opened) {
    fprintf(stderr, "rtd: %s\n", why);
    code = EXIT_OUTSIDE;
  } else if (!options.safe_only) {
    code = serve(hal);
  }
  if (opened) {
    hal->safe();
    hal->close();
  }
  return code;
}
