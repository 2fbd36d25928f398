#include "motors.h"

#include "pins.h"
#include "real.h"
#include "registers.h"

#define DIVIDE_BY_1 (1u << 4)
#define DIVIDE_BY_125 (125u << 4)
#define SERVO_PERIOD_US 20000u
#define SERVO_SHORTEST_US 500u
#define SERVO_LONGEST_US 2500u
#define LED_PERIOD 65535u

static uint16_t servo_now;
static uint16_t led_now;

void motors_init(void) {
  uint32_t slice = PWM_SLICE(MOTOR_SLICE);
  REG(slice + PWM_DIV) = DIVIDE_BY_1;
  REG(slice + PWM_TOP) = PWM_PERIOD - 1u;
  REG(slice + PWM_CC) = 0;
  REG(slice + PWM_CSR) = 1;
  servo_now = 0;
  led_now = 0;
}

/* A size up to 1 in steps of the period, rounded; on the bits, because floats are software here. */
static uint32_t steps_of(float duty) {
  uint32_t bits = real_bits(duty);
  uint32_t exponent = bits >> 23 & 0xffu;
  if (exponent >= 127u) return PWM_PERIOD;
  if (exponent < 127u - 13u) return 0;
  uint32_t significand = ((bits & 0x7fffffu) | 0x800000u) >> 6;
  uint32_t shift = 17u + 127u - exponent;
  return (significand * PWM_PERIOD + (1u << (shift - 1u))) >> shift;
}

/* Answers the compare value; a duty of 0 keeps the direction, which makes the bridge brake. */
static uint32_t direct(float duty, uint32_t forward_pin, uint32_t backward_pin) {
  bool back = real_less(duty, 0.0f);
  uint32_t compare = steps_of(duty);
  if (compare == 0) return 0;
  REG(SIO_GPIO_CLEAR) = 1u << (back ? forward_pin : backward_pin);
  REG(SIO_GPIO_SET) = 1u << (back ? backward_pin : forward_pin);
  return compare;
}

void motors_write(float left, float right, bool enable) {
  if (!enable) {
    REG(SIO_GPIO_CLEAR) = 1u << PIN_ENABLE;
    REG(PWM_SLICE(MOTOR_SLICE) + PWM_CC) = 0;
    return;
  }
  uint32_t left_compare = direct(left, PIN_LEFT_FORWARD, PIN_LEFT_BACKWARD);
  uint32_t right_compare = direct(right, PIN_RIGHT_FORWARD, PIN_RIGHT_BACKWARD);
  REG(PWM_SLICE(MOTOR_SLICE) + PWM_CC) = right_compare << 16 | left_compare;
  REG(SIO_GPIO_SET) = 1u << PIN_ENABLE;
}

static void start(uint32_t number, uint32_t divider, uint32_t period) {
  uint32_t slice = PWM_SLICE(number);
  REG(slice + PWM_DIV) = divider;
  REG(slice + PWM_TOP) = period - 1u;
  REG(slice + PWM_CSR) = 1;
}

void accessories_write(uint16_t servo_us, uint16_t led) {
  if (servo_us != servo_now) {
    if (servo_now == 0) start(SERVO_SLICE, DIVIDE_BY_125, SERVO_PERIOD_US);
    servo_now = servo_us;
    uint32_t pulse = servo_us > SERVO_LONGEST_US ? SERVO_LONGEST_US : servo_us;
    REG(PWM_SLICE(SERVO_SLICE) + PWM_CC) = pulse < SERVO_SHORTEST_US ? 0u : pulse;
  }
  if (led != led_now) {
    if (led_now == 0) start(LED_SLICE, DIVIDE_BY_1, LED_PERIOD);
    led_now = led;
    REG(PWM_SLICE(LED_SLICE) + PWM_CC) = (uint32_t)led << 16;
  }
}
