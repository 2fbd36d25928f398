#include "pins.h"

static const char *const names[PIN_COUNT] = {
    [PIN_ENABLE] = "enable",
    [PIN_LEFT_FORWARD] = "left_forward",
    [PIN_LEFT_BACKWARD] = "left_backward",
    [PIN_RIGHT_FORWARD] = "right_forward",
    [PIN_RIGHT_BACKWARD] = "right_backward",
    [PIN_TRIGGER_FRONT] = "trigger_front",
    [PIN_TRIGGER_LEFT] = "trigger_left",
    [PIN_TRIGGER_RIGHT] = "trigger_right",
    [PIN_LED] = "led",
    [PIN_LEFT_A] = "left_a",
    [PIN_LEFT_B] = "left_b",
    [PIN_RIGHT_A] = "right_a",
    [PIN_RIGHT_B] = "right_b",
    [PIN_ECHO_FRONT] = "echo_front",
    [PIN_ECHO_LEFT] = "echo_left",
    [PIN_ECHO_RIGHT] = "echo_right",
    [PIN_ESTOP] = "estop",
    [PIN_BUMPER_LEFT] = "bumper_left",
    [PIN_BUMPER_RIGHT] = "bumper_right",
};

const char *pin_name(uint32_t pin) { return pin < PIN_COUNT ? names[pin] : 0; }

void pins_init(struct pins *pins) {
  *pins = (struct pins){.pwm_hz = 20000u, .battery_mv_per_unit = 1.0f};
  for (uint32_t i = 0; i < PIN_COUNT; i++) pins->line[i] = NO_LINE;
}
