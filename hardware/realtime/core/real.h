/* Float helpers that give the same bits on every target: no libm, no contraction. */
#ifndef REAL_H
#define REAL_H
#include <stdbool.h>
#include <stdint.h>

#define REAL_PI 3.14159265f

bool real_finite(float x);
uint32_t real_bits(float x);
float real_from_bits(uint32_t bits);
float real_clamp(float x, float low, float high);
float real_abs(float x);
float real_max(float a, float b);
float real_min(float a, float b);
/* Square root of x >= 0; 0 for anything else. */
float real_sqrt(float x);
/* For angles in [-pi, pi]; the error stays below 5e-6. */
float real_sin(float rad);
float real_cos(float rad);
/* Moves from towards to by at most step. */
float real_towards(float from, float to, float step);

#endif
