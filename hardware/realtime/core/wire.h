/* Little-endian fields of a payload, whatever the machine's own order is. */
#ifndef WIRE_H
#define WIRE_H
#include <stdint.h>

uint8_t *put_u8(uint8_t *at, uint32_t value);
uint8_t *put_u16(uint8_t *at, uint32_t value);
uint8_t *put_u32(uint8_t *at, uint32_t value);
uint8_t *put_f32(uint8_t *at, float value);
uint16_t get_u16(const uint8_t *at);
uint32_t get_u32(const uint8_t *at);
float get_f32(const uint8_t *at);

#endif
