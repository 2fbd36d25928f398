#include "pins.h"

#include "core.h"
#include "registers.h"

/* Pins that we drive: high impedance at reset, so the enable line has a resistor to ground. */
static void drive(uint32_t pin) {
  REG(SIO_GPIO_CLEAR) = 1u << pin;
  REG(SIO_GPIO_OE_SET) = 1u << pin;
  REG(PAD(pin)) = PAD_4_MA | PAD_INPUT;
  REG(GPIO_CTRL(pin)) = GPIO_FUNCTION_SIO;
}

static void listen(uint32_t pin, uint32_t pull) {
  REG(PAD(pin)) = PAD_INPUT | PAD_SCHMITT | pull;
  REG(GPIO_CTRL(pin)) = GPIO_FUNCTION_SIO;
}

static void hand_to(uint32_t pin, uint32_t function) {
  REG(PAD(pin)) = PAD_4_MA | PAD_INPUT;
  REG(GPIO_CTRL(pin)) = function;
}

void pins_init(void) {
  drive(PIN_ENABLE);
  for (uint32_t pin = PIN_LEFT_FORWARD; pin <= PIN_RIGHT_BACKWARD; pin++) drive(pin);
  for (uint32_t i = 0; i < SONARS; i++) {
    drive(PIN_SONAR_TRIGGER(i));
    /* Without a sensor the line must not float. */
    listen(PIN_SONAR_ECHO(i), PAD_PULL_DOWN);
  }
  for (uint32_t i = 0; i < 2; i++) {
    listen(PIN_LEFT_ENCODER + i, PAD_PULL_UP);
    listen(PIN_RIGHT_ENCODER + i, PAD_PULL_UP);
  }
  /* The contact closes to ground: a cut wire reads high, and high is a stop. */
  listen(PIN_ESTOP, PAD_PULL_UP);
  listen(PIN_LEFT_BUMPER, PAD_PULL_UP);
  listen(PIN_RIGHT_BUMPER, PAD_PULL_UP);
  hand_to(PIN_UART_TX, GPIO_FUNCTION_UART);
  REG(PAD(PIN_UART_RX)) = PAD_INPUT | PAD_SCHMITT | PAD_PULL_UP;
  REG(GPIO_CTRL(PIN_UART_RX)) = GPIO_FUNCTION_UART;
  hand_to(PIN_LEFT_PWM, GPIO_FUNCTION_PWM);
  hand_to(PIN_RIGHT_PWM, GPIO_FUNCTION_PWM);
  hand_to(PIN_SERVO, GPIO_FUNCTION_PWM);
  hand_to(PIN_LED, GPIO_FUNCTION_PWM);
  /* 4.9.1: the converter wants no digital input and no pull on its pin. */
  REG(PAD(PIN_BATTERY)) = 0;
  REG(GPIO_CTRL(PIN_BATTERY)) = GPIO_FUNCTION_NONE;
}

uint32_t pins_read(void) { return REG(SIO_GPIO_IN); }
