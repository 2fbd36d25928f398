/* ver u8 | type u8 | seq u16 | tick u32 | payload | CRC-16/CCITT, in COBS, ending in zero. */
#ifndef FRAME_H
#define FRAME_H
#include <stdbool.h>
#include <stdint.h>

#include "limits.h"

#define FRAME_VERSION 1u

enum frame_type {
  FRAME_HELLO = 0x01,
  FRAME_HEARTBEAT = 0x02,
  FRAME_ARM = 0x03,
  FRAME_DISARM = 0x04,
  FRAME_SET_POINT = 0x05,
  FRAME_STOP = 0x06,
  FRAME_ESTOP = 0x07,
  FRAME_RESET = 0x08,
  FRAME_PARAM_GET = 0x09,
  FRAME_PARAM_SET = 0x0a,
  FRAME_ACCESSORY = 0x0b,
  FRAME_STEP = 0x0c,
  FRAME_FEED = 0x0d,
  FRAME_TUNE = 0x0e,
  FRAME_CORE_HELLO = 0x81,
  FRAME_STATE = 0x82,
  FRAME_EVENT = 0x83,
  FRAME_ACK = 0x84,
  FRAME_PARAM = 0x85,
  FRAME_STEPPED = 0x86,
  FRAME_TUNED = 0x87
};

struct frame {
  uint8_t type;
  uint16_t seq;
  uint32_t tick;
  uint32_t length;
  uint8_t payload[PAYLOAD_MAX];
};

struct decoder {
  uint8_t bytes[WIRE_MAX];
  uint32_t length;
  bool overflowed;
  uint32_t bad; /* pieces between zeros that were no frame */
};

/* Bytes of a type's payload, or -1 for a type that does not exist. */
int32_t frame_payload_bytes(uint32_t type);
/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff, no reflection. */
uint16_t frame_crc(const uint8_t *bytes, uint32_t length);
/* Writes at most WIRE_MAX bytes; answers how many. */
uint32_t frame_encode(const struct frame *frame, uint8_t wire[WIRE_MAX]);
void decoder_init(struct decoder *decoder);
/* Takes one byte; true when it closed a good frame, which then stands in *frame. */
bool decoder_take(struct decoder *decoder, uint8_t byte, struct frame *frame);

#endif
