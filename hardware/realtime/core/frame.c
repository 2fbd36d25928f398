#include "frame.h"

#include "wire.h"

int32_t frame_payload_bytes(uint32_t type) {
  switch (type) {
    case FRAME_HELLO:
    case FRAME_HEARTBEAT:
    case FRAME_DISARM:
    case FRAME_STOP:
    case FRAME_ESTOP:
      return 4;
    case FRAME_ARM:
    case FRAME_RESET:
    case FRAME_TUNE:
      return 8;
    case FRAME_SET_POINT:
      return 18;
    case FRAME_PARAM_GET:
      return 5;
    case FRAME_PARAM_SET:
      return 9;
    case FRAME_ACCESSORY:
      return 7;
    case FRAME_STEP:
      return 27;
    case FRAME_FEED:
      return 1 + (int32_t)FEED_BYTES;
    case FRAME_CORE_HELLO:
      return 18;
    case FRAME_STATE:
      return 59;
    case FRAME_EVENT:
      return 15;
    case FRAME_ACK:
      return 13;
    case FRAME_PARAM:
      return 10;
    case FRAME_TUNED:
      return 5;
    case FRAME_STEPPED:
      return 22;
    default:
      return -1;
  }
}

uint16_t frame_crc(const uint8_t *bytes, uint32_t length) {
  uint32_t crc = 0xffffu;
  for (uint32_t i = 0; i < length; i++) {
    /* One byte at a time without a table: x^12 + x^5 + 1 written as shifts. */
    uint32_t x = (crc >> 8 ^ bytes[i]) & 0xffu;
    x ^= x >> 4;
    crc = (crc << 8 ^ x << 12 ^ x << 5 ^ x) & 0xffffu;
  }
  return (uint16_t)crc;
}

static uint32_t cobs_encode(const uint8_t *plain, uint32_t length, uint8_t *wire) {
  uint32_t code_at = 0;
  uint32_t at = 1;
  for (uint32_t i = 0; i < length; i++) {
    if (plain[i] == 0) {
      wire[code_at] = (uint8_t)(at - code_at);
      code_at = at++;
    } else {
      wire[at++] = plain[i];
    }
  }
  wire[code_at] = (uint8_t)(at - code_at);
  wire[at++] = 0;
  return at;
}

/* Answers the plain length, or 0 when the code bytes do not add up. */
static uint32_t cobs_decode(const uint8_t *wire, uint32_t length, uint8_t *plain) {
  uint32_t at = 0;
  uint32_t run = wire[0];
  uint32_t used = 0;
  for (uint32_t i = 1; i < length; i++) {
    used++;
    if (used < run) {
      plain[at++] = wire[i];
    } else {
      plain[at++] = 0;
      run = wire[i];
      used = 0;
    }
  }
  return used + 1u == run ? at : 0u;
}

uint32_t frame_encode(const struct frame *frame, uint8_t wire[WIRE_MAX]) {
  uint8_t plain[FRAME_MAX];
  uint8_t *at = put_u8(plain, FRAME_VERSION);
  at = put_u8(at, frame->type);
  at = put_u16(at, frame->seq);
  at = put_u32(at, frame->tick);
  uint32_t length = frame->length > PAYLOAD_MAX ? PAYLOAD_MAX : frame->length;
  for (uint32_t i = 0; i < length; i++) at = put_u8(at, frame->payload[i]);
  put_u16(at, frame_crc(plain, HEADER_BYTES + length));
  return cobs_encode(plain, HEADER_BYTES + length + 2u, wire);
}

void decoder_init(struct decoder *decoder) {
  decoder->length = 0;
  decoder->overflowed = false;
  decoder->bad = 0;
}

static bool read_frame(const struct decoder *decoder, struct frame *frame) {
  uint8_t plain[WIRE_MAX];
  uint32_t length = cobs_decode(decoder->bytes, decoder->length, plain);
  if (length < HEADER_BYTES + 2u || length > FRAME_MAX) return false;
  if (plain[0] != FRAME_VERSION) return false;
  uint32_t body = length - 2u;
  if (frame_payload_bytes(plain[1]) != (int32_t)(body - HEADER_BYTES)) return false;
  if (get_u16(plain + body) != frame_crc(plain, body)) return false;
  frame->type = plain[1];
  frame->seq = get_u16(plain + 2);
  frame->tick = get_u32(plain + 4);
  frame->length = body - HEADER_BYTES;
  for (uint32_t i = 0; i < frame->length; i++) frame->payload[i] = plain[HEADER_BYTES + i];
  return true;
}

bool decoder_take(struct decoder *decoder, uint8_t byte, struct frame *frame) {
  if (byte != 0) {
    if (decoder->length < WIRE_MAX) decoder->bytes[decoder->length++] = byte;
    else decoder->overflowed = true;
    return false;
  }
  /* Zeros in a row are idle line, not damage. */
  bool good = false;
  if (decoder->length > 0) {
    good = !decoder->overflowed && read_frame(decoder, frame);
    if (!good) decoder->bad++;
  }
  decoder->length = 0;
  decoder->overflowed = false;
  return good;
}
