#include "wire.h"

#include "real.h"

uint8_t *put_u8(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)value;
  return at + 1;
}

uint8_t *put_u16(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)value;
  at[1] = (uint8_t)(value >> 8);
  return at + 2;
}

uint8_t *put_u32(uint8_t *at, uint32_t value) {
  put_u16(at, value);
  put_u16(at + 2, value >> 16);
  return at + 4;
}

uint8_t *put_f32(uint8_t *at, float value) { return put_u32(at, real_bits(value)); }

uint16_t get_u16(const uint8_t *at) { return (uint16_t)(at[0] | (uint32_t)at[1] << 8); }

uint32_t get_u32(const uint8_t *at) {
  return (uint32_t)get_u16(at) | (uint32_t)get_u16(at + 2) << 16;
}

float get_f32(const uint8_t *at) { return real_from_bits(get_u32(at)); }
