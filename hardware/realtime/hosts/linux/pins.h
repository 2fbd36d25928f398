/* Every wire of the robot by its part, and where the configuration says that it ends. */
#ifndef PINS_H
#define PINS_H
#include <stdbool.h>
#include <stdint.h>

#include "range.h"

/* Outputs first, then inputs with edges, then inputs that are sampled. */
enum pin {
  PIN_ENABLE = 0,
  PIN_LEFT_FORWARD,
  PIN_LEFT_BACKWARD,
  PIN_RIGHT_FORWARD,
  PIN_RIGHT_BACKWARD,
  PIN_TRIGGER_FRONT,
  PIN_TRIGGER_LEFT,
  PIN_TRIGGER_RIGHT,
  PIN_LED,
  PIN_LEFT_A,
  PIN_LEFT_B,
  PIN_RIGHT_A,
  PIN_RIGHT_B,
  PIN_ECHO_FRONT,
  PIN_ECHO_LEFT,
  PIN_ECHO_RIGHT,
  PIN_ESTOP,
  PIN_BUMPER_LEFT,
  PIN_BUMPER_RIGHT,
  PIN_COUNT
};

#define PIN_FIRST_EDGE PIN_LEFT_A
#define PIN_FIRST_LEVEL PIN_ESTOP
#define NO_LINE 0xffffffffu

struct pwm_place {
  char device[64]; /* a folder of the device's path in sysfs, such as 1f00098000.pwm */
  uint32_t channel;
};

struct pins {
  char chip[64]; /* label of the GPIO chip: numbers move between kernels, labels do not */
  uint32_t line[PIN_COUNT]; /* NO_LINE = not wired */
  struct pwm_place left_pwm;
  struct pwm_place right_pwm;
  struct pwm_place servo_pwm;
  uint32_t pwm_hz;
  char battery_path[128]; /* a file with the converter's value; empty = the battery is unmeasured */
  float battery_mv_per_unit;
};

void pins_init(struct pins *pins);
/* The name that the configuration uses, such as "left_a"; 0 past the last. */
const char *pin_name(uint32_t pin);

#endif
