#define _GNU_SOURCE
#include "options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "param-names.h"

#define STALL_MS 100u
#define PATIENT_MS 10000u
#define STALL_MOST_MS 60000u

const char *const options_usage =
    "rtd: the real-time core on Linux.\n\n"
    "  rtd --config FILE (--listen SOCKET | --pty LINK | --tty DEVICE) [options]\n\n"
    "  --config FILE     pins and parameters, name = value; see README.md beside the sources\n"
    "  --set NAME=VALUE  one such line; later ones win\n"
    "  --listen SOCKET   the link on a unix stream socket\n"
    "  --pty LINK        the link on a pseudo terminal; LINK becomes a symbolic link to it\n"
    "  --tty DEVICE      the link on a cable, 921600 baud or --baud N\n"
    "  --plant SOCKET    a simulator plays the pins\n"
    "  --fake FILE       a memory-mapped file plays the pins\n"
    "  --hil             ticks come as step frames over the link, not from the clock\n"
    "  --safe            make the pins safe and leave\n"
    "  --priority N      SCHED_FIFO priority, default 80; 0 = do not ask for it\n"
    "  --cpu N           run on this processor only\n"
    "  --seconds N       leave after N seconds\n"
    "  --figures FILE    write lateness figures there, every second and at the end\n"
    "  --stall-ms N      with --plant or --fake: how long the loop may stand still\n"
    "  --start-tick N    the first tick, for tests of the wrap\n";

static bool refuse(struct options *options, const char *what, const char *which) {
  if (options->error[0] == '\0') {
    snprintf(options->error, sizeof options->error, "%s: %.160s", what, which);
  }
  return false;
}

static bool take_text(struct options *options, const char *name, const char *text, char *to,
                      size_t bytes) {
  if (text[0] == '\0' || strlen(text) >= bytes) return refuse(options, "bad text", name);
  memcpy(to, text, strlen(text) + 1u);
  return true;
}

static bool take_number(struct options *options, const char *name, const char *text, uint32_t most,
                        uint32_t *to) {
  char *end = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (!isdigit((unsigned char)text[0]) || *end != '\0' || value > most) {
    return refuse(options, "bad number", name);
  }
  *to = (uint32_t)value;
  return true;
}

/* "DEVICE CHANNEL" */
static bool take_pwm(struct options *options, const char *name, const char *text,
                     struct pwm_place *to) {
  const char *space = strchr(text, ' ');
  if (space == 0 || (size_t)(space - text) >= sizeof to->device) {
    return refuse(options, "bad PWM, DEVICE CHANNEL is wanted", name);
  }
  memcpy(to->device, text, (size_t)(space - text));
  to->device[space - text] = '\0';
  return take_number(options, name, space + 1, 63u, &to->channel);
}

static bool take_float(struct options *options, const char *name, const char *text, float *to) {
  char *end = 0;
  float value = strtof(text, &end);
  if (end == text || *end != '\0') return refuse(options, "bad number", name);
  *to = value;
  return true;
}

static bool take_param(struct options *options, const char *name, const char *text) {
  uint32_t id = param_by_name(name);
  float value = 0.0f;
  if (id == PARAM_COUNT) return refuse(options, "unknown name", name);
  if (!take_float(options, name, text, &value)) return false;
  if (!params_set(&options->params, id, value)) return refuse(options, "out of range", name);
  return true;
}

static bool take_setting(struct options *options, const char *name, const char *text) {
  struct pins *pins = &options->pins;
  if (strcmp(name, "gpio_chip") == 0) {
    return take_text(options, name, text, pins->chip, sizeof pins->chip);
  }
  if (strcmp(name, "left_pwm") == 0) return take_pwm(options, name, text, &pins->left_pwm);
  if (strcmp(name, "right_pwm") == 0) return take_pwm(options, name, text, &pins->right_pwm);
  if (strcmp(name, "servo_pwm") == 0) return take_pwm(options, name, text, &pins->servo_pwm);
  if (strcmp(name, "pwm_hz") == 0) {
    if (!take_number(options, name, text, 100000u, &pins->pwm_hz)) return false;
    return pins->pwm_hz >= 50u || refuse(options, "too low", name);
  }
  if (strcmp(name, "battery") == 0) {
    return take_text(options, name, text, pins->battery_path, sizeof pins->battery_path);
  }
  if (strcmp(name, "battery_mv_per_unit") == 0) {
    return take_float(options, name, text, &pins->battery_mv_per_unit);
  }
  for (uint32_t pin = 0; pin < PIN_COUNT; pin++) {
    if (strcmp(name, pin_name(pin)) == 0) {
      return take_number(options, name, text, 1023u, &pins->line[pin]);
    }
  }
  return take_param(options, name, text);
}

/* Cuts spaces at both ends, in place. */
static char *trim(char *text) {
  while (isspace((unsigned char)*text)) text++;
  char *end = text + strlen(text);
  while (end > text && isspace((unsigned char)end[-1])) end--;
  *end = '\0';
  return text;
}

/* One "name = value"; a comment or an empty line is fine. */
static void take_line(struct options *options, const char *text) {
  char line[PATH_BYTES];
  if (strlen(text) >= sizeof line) {
    refuse(options, "line too long", text);
    return;
  }
  memcpy(line, text, strlen(text) + 1u);
  line[strcspn(line, "#\n")] = '\0';
  char *name = trim(line);
  if (*name == '\0') return;
  char *equals = strchr(name, '=');
  if (equals == 0) {
    refuse(options, "name = value is wanted", name);
    return;
  }
  *equals = '\0';
  take_setting(options, trim(name), trim(equals + 1));
}

static void read_config(struct options *options, const char *path) {
  FILE *file = fopen(path, "re");
  char line[PATH_BYTES * 2u];
  if (file == 0) {
    refuse(options, "cannot read the configuration", path);
    return;
  }
  while (fgets(line, sizeof line, file) != 0) take_line(options, line);
  fclose(file);
}

static void take_hal(struct options *options, enum hal_kind kind, const char *word,
                     const char *path) {
  options->hal = kind;
  take_text(options, word, path, options->hal_path, sizeof options->hal_path);
}

static void take_link(struct options *options, enum line_kind kind, const char *word,
                      const char *path) {
  options->line = kind;
  take_text(options, word, path, options->line_path, sizeof options->line_path);
}

static void take_value(struct options *options, const char *word, const char *value) {
  uint32_t number = 0;
  if (strcmp(word, "--config") == 0) {
    if (options->hal == HAL_NONE) options->hal = HAL_GPIO;
    read_config(options, value);
  } else if (strcmp(word, "--set") == 0) {
    take_line(options, value);
  } else if (strcmp(word, "--listen") == 0) {
    take_link(options, LINE_SOCKET, word, value);
  } else if (strcmp(word, "--pty") == 0) {
    take_link(options, LINE_PTY, word, value);
  } else if (strcmp(word, "--tty") == 0) {
    take_link(options, LINE_TTY, word, value);
  } else if (strcmp(word, "--plant") == 0) {
    take_hal(options, HAL_PLANT, word, value);
  } else if (strcmp(word, "--fake") == 0) {
    take_hal(options, HAL_FAKE, word, value);
  } else if (strcmp(word, "--figures") == 0) {
    take_text(options, word, value, options->figures_path, sizeof options->figures_path);
  } else if (strcmp(word, "--priority") == 0) {
    if (take_number(options, word, value, 98u, &number)) options->priority = (int32_t)number;
  } else if (strcmp(word, "--cpu") == 0) {
    if (take_number(options, word, value, 1023u, &number)) options->cpu = (int32_t)number;
  } else if (strcmp(word, "--seconds") == 0) {
    take_number(options, word, value, 1000000u, &options->seconds);
  } else if (strcmp(word, "--stall-ms") == 0) {
    take_number(options, word, value, STALL_MOST_MS, &options->stall_ms);
  } else if (strcmp(word, "--start-tick") == 0) {
    take_number(options, word, value, UINT32_MAX, &options->start_tick);
  } else if (strcmp(word, "--baud") == 0) {
    take_number(options, word, value, 4000000u, &options->baud);
  } else {
    refuse(options, "unknown word", word);
  }
}

static void check_together(struct options *options) {
  bool real = options->hal == HAL_GPIO;
  /* A simulator or a script may be slow, and the loop waits for it; without pins nothing can move. */
  bool waits = options->hal == HAL_PLANT || options->hal == HAL_NONE || options->hil;
  if (options->stall_ms == 0) options->stall_ms = waits ? PATIENT_MS : STALL_MS;
  if (real && options->stall_ms != STALL_MS) refuse(options, "only for simulated pins", "--stall-ms");
  if (real && options->hil) refuse(options, "never with real pins", "--hil");
  if (options->hil && options->line == LINE_NONE) refuse(options, "needs a link", "--hil");
  if (real && options->pins.line[PIN_ENABLE] == NO_LINE) refuse(options, "not wired", "enable");
  /* The contact is normally closed: without its wire nobody can tell that it opened. */
  if (real && options->pins.line[PIN_ESTOP] == NO_LINE) refuse(options, "not wired", "estop");
  if (options->stall_ms < 10u) refuse(options, "too short", "--stall-ms");
}

bool options_read(struct options *options, int count, char **words) {
  *options = (struct options){.baud = 921600u, .cpu = -1, .priority = 80, .stall_ms = 0u};
  params_defaults(&options->params);
  pins_init(&options->pins);
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], "--hil") == 0) {
      options->hil = true;
    } else if (strcmp(words[i], "--safe") == 0) {
      options->safe_only = true;
    } else if (i + 1 < count) {
      take_value(options, words[i], words[i + 1]);
      i++;
    } else {
      refuse(options, "unknown word, or its value is missing", words[i]);
    }
  }
  check_together(options);
  return options->error[0] == '\0';
}
