/* Two H-bridges (20 kHz, two direction lines each), their enable line, and the accessories. */
#ifndef MOTORS_H
#define MOTORS_H
#include <stdbool.h>
#include <stdint.h>

#define PWM_PERIOD 6250u

void motors_init(void);
/* Duties -1..1; without enable the bridges get no power and no duty. */
void motors_write(float left, float right, bool enable);
/* Servo: pulse in microseconds every 20 ms, 0 = none. LED: 0..65535. */
void accessories_write(uint16_t servo_us, uint16_t led);

#endif
