/* Float helpers that give the same bits on every target: no libm, no contraction. */
#ifndef REAL_H
#define REAL_H
#include <stdbool.h>
#include <stdint.h>

#define REAL_PI 3.14159265f

union real_word {
  float value;
  uint32_t bits;
};

static inline uint32_t real_bits(float x) {
  union real_word word = {.value = x};
  return word.bits;
}

static inline float real_from_bits(uint32_t bits) {
  union real_word word = {.bits = bits};
  return word.value;
}

/* Written on the bits, so that no optimisation may assume NaN away. */
static inline bool real_finite(float x) { return (real_bits(x) & 0x7f800000u) != 0x7f800000u; }

/* Whole numbers in the order of the floats, equal for both zeros: cheap where floats are software. */
static inline int32_t real_order(float x) {
  uint32_t bits = real_bits(x);
  return (int32_t)(bits >> 31 != 0 ? 0x80000000u - bits : bits);
}

static inline float real_abs(float x) { return real_from_bits(real_bits(x) & 0x7fffffffu); }

/* None of these is for a NaN. */
static inline bool real_less(float a, float b) { return real_order(a) < real_order(b); }
static inline float real_max(float a, float b) { return real_order(a) > real_order(b) ? a : b; }
static inline float real_min(float a, float b) { return real_order(a) < real_order(b) ? a : b; }

/* A NaN stays one, for the checks that come after. */
static inline float real_clamp(float x, float low, float high) {
  if (real_bits(real_abs(x)) > 0x7f800000u) return x;
  return real_order(x) < real_order(low) ? low : real_order(x) > real_order(high) ? high : x;
}

/* Square root of x >= 0; 0 for anything else. */
float real_sqrt(float x);
/* For angles in [-pi, pi]; the error stays below 5e-6. */
float real_sin(float rad);
float real_cos(float rad);
/* Moves from towards to by at most step. */
float real_towards(float from, float to, float step);

#endif
