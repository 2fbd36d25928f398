#include "float-slow.h"

#include <stdbool.h>

#define SIGN 0x80000000u
#define INFINITE 0x7f800000u
#define NOT_A_NUMBER 0x7fc00000u
#define BIAS 127

/* A finite value but zero: 1.x as 32 bits with the one at the top, and its biased exponent. */
struct parts {
  uint32_t significand;
  int32_t exponent;
};

static uint32_t size_of(uint32_t bits) { return bits & ~SIGN; }

static bool is_nan(uint32_t bits) { return size_of(bits) > INFINITE; }

static struct parts unpack(uint32_t bits) {
  struct parts parts = {bits << 8, (int32_t)(bits >> 23 & 0xffu)};
  if (parts.exponent != 0) {
    parts.significand |= SIGN;
    return parts;
  }
  parts.exponent = 1;
  while ((parts.significand & SIGN) == 0) {
    parts.significand <<= 1;
    parts.exponent--;
  }
  return parts;
}

static uint32_t shift_sticky(uint32_t value, uint32_t by) {
  if (by == 0) return value;
  if (by > 31u) return value != 0 ? 1u : 0u;
  return value >> by | (value << (32u - by) != 0 ? 1u : 0u);
}

/* The lowest bit of the significand may stand for all that was lost below it. */
static uint32_t pack(uint32_t sign, int32_t exponent, uint32_t significand) {
  if (exponent >= 255) return sign | INFINITE;
  if (exponent <= 0) {
    significand = shift_sticky(significand, (uint32_t)(1 - exponent));
    exponent = 1;
  }
  uint32_t kept = significand >> 8;
  uint32_t lost = significand & 0xffu;
  if (lost > 0x80u || (lost == 0x80u && (kept & 1u) != 0)) kept++;
  /* The leading one, or a carry into it, counts the exponent up. */
  return (sign | ((uint32_t)exponent - 1u) << 23) + kept;
}

static uint32_t subtract_sizes(uint32_t sign, struct parts a, struct parts b) {
  uint32_t rest = a.significand - shift_sticky(b.significand, (uint32_t)(a.exponent - b.exponent));
  if (rest == 0) return 0;
  while ((rest & SIGN) == 0) {
    rest <<= 1;
    a.exponent--;
  }
  return pack(sign, a.exponent, rest);
}

uint32_t float_slow_add(uint32_t a, uint32_t b) {
  if (is_nan(a) || is_nan(b)) return NOT_A_NUMBER;
  if (size_of(a) < size_of(b)) {
    uint32_t larger = b;
    b = a;
    a = larger;
  }
  if (size_of(a) == INFINITE) return size_of(b) == INFINITE && a != b ? NOT_A_NUMBER : a;
  if (size_of(b) == 0) return size_of(a) == 0 ? a & b : a;
  struct parts large = unpack(a);
  struct parts small = unpack(b);
  if (((a ^ b) & SIGN) != 0) return subtract_sizes(a & SIGN, large, small);
  uint32_t added = shift_sticky(small.significand, (uint32_t)(large.exponent - small.exponent));
  uint32_t sum = large.significand + added;
  if (sum >= added) return pack(a & SIGN, large.exponent, sum);
  return pack(a & SIGN, large.exponent + 1, SIGN | sum >> 1 | (sum & 1u));
}

uint32_t float_slow_mul(uint32_t a, uint32_t b) {
  uint32_t sign = (a ^ b) & SIGN;
  if (is_nan(a) || is_nan(b)) return NOT_A_NUMBER;
  bool zero = size_of(a) == 0 || size_of(b) == 0;
  bool infinite = size_of(a) == INFINITE || size_of(b) == INFINITE;
  if (zero && infinite) return NOT_A_NUMBER;
  if (zero) return sign;
  if (infinite) return sign | INFINITE;
  struct parts x = unpack(a);
  struct parts y = unpack(b);
  uint64_t product = (uint64_t)x.significand * y.significand;
  int32_t exponent = x.exponent + y.exponent - BIAS + 1;
  if (product >> 63 == 0) {
    product <<= 1;
    exponent--;
  }
  uint32_t lost = (uint32_t)product != 0 ? 1u : 0u;
  return pack(sign, exponent, (uint32_t)(product >> 32) | lost);
}

uint32_t float_slow_div(uint32_t a, uint32_t b) {
  uint32_t sign = (a ^ b) & SIGN;
  if (is_nan(a) || is_nan(b)) return NOT_A_NUMBER;
  if (size_of(a) == size_of(b) && (size_of(a) == 0 || size_of(a) == INFINITE)) return NOT_A_NUMBER;
  if (size_of(a) == 0 || size_of(b) == INFINITE) return sign;
  if (size_of(b) == 0 || size_of(a) == INFINITE) return sign | INFINITE;
  struct parts x = unpack(a);
  struct parts y = unpack(b);
  int32_t exponent = x.exponent - y.exponent + BIAS;
  uint32_t rest = x.significand >> 8;
  uint32_t divisor = y.significand >> 8;
  if (rest < divisor) {
    rest <<= 1;
    exponent--;
  }
  uint32_t quotient = 0;
  for (int i = 0; i < 32; i++) {
    quotient <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1u;
    }
    rest <<= 1;
  }
  return pack(sign, exponent, quotient | (rest != 0 ? 1u : 0u));
}
