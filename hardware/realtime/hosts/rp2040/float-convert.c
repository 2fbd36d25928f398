/*
 * Whole numbers to single precision and back (run-time ABI for the Arm architecture, 4.1.2).
 * Values beyond the target's range give its end, as the compiler's own routines do.
 */
#include <stdbool.h>
#include <stdint.h>

#define SIGN 0x80000000u
#define BIAS 127u

uint32_t __aeabi_ui2f(uint32_t value);
uint32_t __aeabi_i2f(int32_t value);
uint32_t __aeabi_l2f(int64_t value);
uint32_t __aeabi_f2uiz(uint32_t bits);
int32_t __aeabi_f2iz(uint32_t bits);
int64_t __aeabi_f2lz(uint32_t bits);

/* value is not zero; its top bit, when set, stands for 2^top. */
static inline uint32_t pack(uint32_t sign, uint32_t value, uint32_t top) {
  if (value >> 16 == 0) {
    value <<= 16;
    top -= 16u;
  }
  if (value >> 24 == 0) {
    value <<= 8;
    top -= 8u;
  }
  if (value >> 28 == 0) {
    value <<= 4;
    top -= 4u;
  }
  while ((value & SIGN) == 0) {
    value <<= 1;
    top--;
  }
  uint32_t kept = value >> 8;
  uint32_t lost = value & 0xffu;
  if (lost > 0x80u || (lost == 0x80u && (kept & 1u) != 0)) kept++;
  /* The leading one counts the exponent up. */
  return (sign | (top + BIAS - 1u) << 23) + kept;
}

uint32_t __aeabi_ui2f(uint32_t value) { return value == 0 ? 0u : pack(0, value, 31); }

uint32_t __aeabi_i2f(int32_t value) {
  if (value == 0) return 0;
  uint32_t size = (uint32_t)value;
  return value < 0 ? pack(SIGN, 0u - size, 31) : pack(0, size, 31);
}

uint32_t __aeabi_l2f(int64_t value) {
  if (value == 0) return 0;
  uint32_t sign = value < 0 ? SIGN : 0u;
  uint64_t size = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;
  uint32_t high = (uint32_t)(size >> 32);
  uint32_t low = (uint32_t)size;
  if (high == 0) return pack(sign, low, 31);
  uint32_t top = 63;
  while ((high & SIGN) == 0) {
    high = high << 1 | low >> 31;
    low <<= 1;
    top--;
  }
  return pack(sign, high | (low != 0 ? 1u : 0u), top);
}

static inline uint32_t significand(uint32_t bits) { return bits << 8 | SIGN; }

uint32_t __aeabi_f2uiz(uint32_t bits) {
  uint32_t exponent = bits >> 23 & 0xffu;
  if ((bits & SIGN) != 0 || exponent < BIAS) return 0;
  if (exponent >= BIAS + 32u) return 0xffffffffu;
  return significand(bits) >> (BIAS + 31u - exponent);
}

int32_t __aeabi_f2iz(uint32_t bits) {
  uint32_t exponent = bits >> 23 & 0xffu;
  if (exponent < BIAS) return 0;
  if (exponent >= BIAS + 31u) return (bits & SIGN) != 0 ? INT32_MIN : INT32_MAX;
  uint32_t size = significand(bits) >> (BIAS + 31u - exponent);
  return (int32_t)((bits & SIGN) != 0 ? 0u - size : size);
}

int64_t __aeabi_f2lz(uint32_t bits) {
  uint32_t exponent = bits >> 23 & 0xffu;
  if (exponent < BIAS) return 0;
  if (exponent >= BIAS + 63u) return (bits & SIGN) != 0 ? INT64_MIN : INT64_MAX;
  uint32_t top = exponent - BIAS;
  uint64_t size = top <= 31u ? significand(bits) >> (31u - top)
                             : (uint64_t)significand(bits) << (top - 31u);
  return (int64_t)((bits & SIGN) != 0 ? 0u - size : size);
}
