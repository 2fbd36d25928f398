#include "real.h"

float real_sqrt(float x) {
  if (!(x > 0.0f) || !real_finite(x)) return 0.0f;
  /* Halving the exponent gives a guess within 4 %; three Newton steps exceed a float's digits. */
  float guess = real_from_bits((real_bits(x) >> 1) + 0x1fbd1df5u);
  for (int i = 0; i < 3; i++) guess = 0.5f * (guess + x / guess);
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
