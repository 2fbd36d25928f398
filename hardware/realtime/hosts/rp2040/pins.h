/* Which pin is what; hardware/docs/rp2040-wiring.md is the same table for people. */
#ifndef PINS_H
#define PINS_H
#include <stdint.h>

#define PIN_UART_TX 0u
#define PIN_UART_RX 1u
/* Both channels of PWM slice 1. */
#define PIN_LEFT_PWM 2u
#define PIN_RIGHT_PWM 3u
#define MOTOR_SLICE 1u
#define PIN_LEFT_FORWARD 4u
#define PIN_LEFT_BACKWARD 5u
#define PIN_RIGHT_FORWARD 6u
#define PIN_RIGHT_BACKWARD 7u
#define PIN_ENABLE 8u
#define PIN_ESTOP 9u
/* Channel B follows on the next pin. */
#define PIN_LEFT_ENCODER 10u
#define PIN_RIGHT_ENCODER 12u
/* Trigger of the front sonar, its echo, then the same of the left and the right one. */
#define PIN_SONAR_TRIGGER(sonar) (14u + 2u * (sonar))
#define PIN_SONAR_ECHO(sonar) (15u + 2u * (sonar))
#define PIN_LEFT_BUMPER 20u
#define PIN_RIGHT_BUMPER 21u
/* Channel A of slice 3. */
#define PIN_SERVO 22u
#define SERVO_SLICE 3u
/* The Pico's own LED, channel B of slice 4. */
#define PIN_LED 25u
#define LED_SLICE 4u
/* The converter's channel 0. */
#define PIN_BATTERY 26u

/* Gives every pin its function, pull and direction; outputs start low. */
void pins_init(void);
uint32_t pins_read(void);

#endif
