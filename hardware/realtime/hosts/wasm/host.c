/* The WebAssembly host: one core in static memory, no imports; JavaScript plays the pins. */
#include "arming.h"
#include "core.h"

#define EXPORT(name) __attribute__((export_name(name)))

static struct core core;
static struct params params;
static struct outputs outputs;
static struct wheel bench;
static uint8_t shared_bytes[TX_RING];

/* The compiler may call these for struct copies, also without a C library. */
void *memcpy(void *to, const void *from, unsigned long bytes);
void *memset(void *to, int value, unsigned long bytes);

void *memcpy(void *to, const void *from, unsigned long bytes) {
  uint8_t *target = to;
  const uint8_t *source = from;
  for (unsigned long i = 0; i < bytes; i++) target[i] = source[i];
  return to;
}

void *memset(void *to, int value, unsigned long bytes) {
  uint8_t *target = to;
  for (unsigned long i = 0; i < bytes; i++) target[i] = (uint8_t)value;
  return to;
}

/* Before start: defaults, then params one by one (0 = refused). */
EXPORT("defaults") void host_defaults(void);
void host_defaults(void) { params_defaults(&params); }

EXPORT("param") int32_t host_param(uint32_t id, float value);
int32_t host_param(uint32_t id, float value) { return params_set(&params, id, value) ? 1 : 0; }

EXPORT("start_as") void host_start_as(uint32_t start_tick, uint32_t tier);
void host_start_as(uint32_t start_tick, uint32_t tier) {
  core_init(&core, &params, (enum tier)(tier & 3u), CORE_BUILD, start_tick);
  wheel_init(&bench);
}

EXPORT("start") void host_start(uint32_t start_tick);
void host_start(uint32_t start_tick) { host_start_as(start_tick, TIER_SIMULATED); }

/* flags: 1 left bumper, 2 right bumper, 4 e-stop open. Answers enable | (trigger + 1) << 8. */
EXPORT("tick")
uint32_t host_tick(int32_t left, int32_t right, float gyro, int32_t front_us, int32_t left_us,
                   int32_t right_us, uint32_t flags, uint32_t battery_mv);
uint32_t host_tick(int32_t left, int32_t right, float gyro, int32_t front_us, int32_t left_us,
                   int32_t right_us, uint32_t flags, uint32_t battery_mv) {
  const struct inputs inputs = {
      .left_counts = left,
      .right_counts = right,
      .gyro_radps = gyro,
      .echo_us = {front_us, left_us, right_us},
      .bumper_left = (flags & 1u) != 0,
      .bumper_right = (flags & 2u) != 0,
      .estop_open = (flags & 4u) != 0,
      .battery_mv = (uint16_t)battery_mv,
  };
  core_tick(&core, &inputs, &outputs);
  return (outputs.enable ? 1u : 0u) | (uint32_t)(outputs.trigger_sonar + 1) << 8;
}

EXPORT("left_duty") float host_left_duty(void);
float host_left_duty(void) { return outputs.left_duty; }

EXPORT("right_duty") float host_right_duty(void);
float host_right_duty(void) { return outputs.right_duty; }

/* Servo pulse in microseconds | LED level << 16. */
EXPORT("accessory") uint32_t host_accessory(void);
uint32_t host_accessory(void) {
  return outputs.accessory[0] | (uint32_t)outputs.accessory[1] << 16;
}

/* Bytes in both directions go through this buffer of bytes_size() bytes. */
EXPORT("bytes") uint8_t *host_bytes(void);
uint8_t *host_bytes(void) { return shared_bytes; }

EXPORT("bytes_size") uint32_t host_bytes_size(void);
uint32_t host_bytes_size(void) { return TX_RING; }

EXPORT("receive") void host_receive(uint32_t length);
void host_receive(uint32_t length) {
  for (uint32_t i = 0; i < length && i < TX_RING; i++) core_receive(&core, shared_bytes[i]);
}

/* In HIL mode: carries out the step frames that wait. Answers 1 in that mode. */
EXPORT("poll") uint32_t host_poll(void);
uint32_t host_poll(void) {
  core_poll(&core);
  return core_in_hil(&core) ? 1u : 0u;
}

EXPORT("transmit") uint32_t host_transmit(void);
uint32_t host_transmit(void) { return core_transmit(&core, shared_bytes); }

EXPORT("mode") uint32_t host_mode(void);
uint32_t host_mode(void) { return core.stop.mode; }

EXPORT("reasons") uint32_t host_reasons(void);
uint32_t host_reasons(void) { return core.stop.reasons; }

/* A hash over every tick's outputs and mode: equal traces, equal behaviour. */
EXPORT("trace") uint32_t host_trace(void);
uint32_t host_trace(void) {
  core_settle(&core);
  return core.trace;
}

/* For tests: one wheel's speed loop alone, without ramp and watchdogs. Speed in, duty out. */
EXPORT("bench_wheel") float host_bench_wheel(int32_t counts, float target_mps);
float host_bench_wheel(int32_t counts, float target_mps) {
  wheel_sense(&bench, counts, params.m_per_count);
  wheel_drive(&bench, &params, target_mps, 0.0f, 1.0f);
  return bench.duty;
}

EXPORT("bench_speed") float host_bench_speed(void);
float host_bench_speed(void) { return bench.mps; }

/* For tests: reads one frame with the C decoder and writes it with the C encoder; 0 = no frame. */
EXPORT("bench_frame") uint32_t host_bench_frame(uint32_t length);
uint32_t host_bench_frame(uint32_t length) {
  struct decoder decoder;
  struct frame frame;
  decoder_init(&decoder);
  for (uint32_t i = 0; i < length && i < TX_RING; i++) {
    if (decoder_take(&decoder, shared_bytes[i], &frame)) return frame_encode(&frame, shared_bytes);
  }
  return 0;
}

/* Id of an arming check, 0 past the last one; its sentence as a C string. */
EXPORT("arming_id") uint32_t host_arming_id(uint32_t index);
uint32_t host_arming_id(uint32_t index) {
  const struct arming_check *check = arming_check_at(index);
  return check == 0 ? 0u : check->id;
}

EXPORT("arming_sentence") const char *host_arming_sentence(uint32_t index);
const char *host_arming_sentence(uint32_t index) {
  const struct arming_check *check = arming_check_at(index);
  return check == 0 ? "" : check->sentence;
}
