#include "real.h"

union real_word {
  float value;
  uint32_t bits;
};

uint32_t real_bits(float x) {
  union real_word word = {.value = x};
  return word.bits;
}

float real_from_bits(uint32_t bits) {
  union real_word word = {.bits = bits};
  return word.value;
}

/* Written on the bits, so that no optimisation may assume NaN away. */
bool real_finite(float x) { return (real_bits(x) & 0x7f800000u) != 0x7f800000u; }

float real_clamp(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

float real_abs(float x) { return x < 0.0f ? -x : x; }

float real_max(float a, float b) { return a > b ? a : b; }

float real_min(float a, float b) { return a < b ? a : b; }

float real_sqrt(float x) {
  if (!(x > 0.0f) || !real_finite(x)) return 0.0f;
  /* Halving the exponent gives a guess within 4 %; four Newton steps exceed a float's digits. */
  float guess = real_from_bits((real_bits(x) >> 1) + 0x1fbd1df5u);
  for (int i = 0; i < 4; i++) guess = 0.5f * (guess + x / guess);
  return guess;
}

static float sin_quarter(float x) {
  float x2 = x * x;
  float tail = 1.0f / 5040.0f - x2 * (1.0f / 362880.0f);
  return x * (1.0f - x2 * (1.0f / 6.0f - x2 * (1.0f / 120.0f - x2 * tail)));
}

float real_sin(float rad) {
  if (rad > 0.5f * REAL_PI) return sin_quarter(REAL_PI - rad);
  if (rad < -0.5f * REAL_PI) return sin_quarter(-REAL_PI - rad);
  return sin_quarter(rad);
}

float real_cos(float rad) { return sin_quarter(0.5f * REAL_PI - real_abs(rad)); }

float real_towards(float from, float to, float step) {
  return from + real_clamp(to - from, -step, step);
}
