/*
 * Single precision on bits, IEEE 754, rounding to nearest even: every case, at leisure. The
 * assembly in float-*.S does the common ones in a fourth of the time and comes here for the rest.
 */
#ifndef FLOAT_SLOW_H
#define FLOAT_SLOW_H
#include <stdint.h>

uint32_t float_slow_add(uint32_t a, uint32_t b);
uint32_t float_slow_mul(uint32_t a, uint32_t b);
uint32_t float_slow_div(uint32_t a, uint32_t b);

#endif
