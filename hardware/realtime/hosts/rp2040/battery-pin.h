/* The battery's voltage behind its divider, on the converter's channel 0. */
#ifndef BATTERY_PIN_H
#define BATTERY_PIN_H
#include <stdint.h>

void battery_pin_init(void);
/* Millivolts of the last conversion; starts the next one. Never waits. */
uint16_t battery_pin_read(void);

#endif
