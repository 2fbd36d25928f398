#include "hil.h"

#include "core.h"
#include "report.h"
#include "wire.h"

/* Room for everything that one step may answer. */
#define TX_ROOM (TX_RING / 2u)

bool hil_may_enter(const struct core *core) {
  enum mode mode = core->stop.mode;
  bool unpowered = mode == MODE_BOOT || mode == MODE_DISARMED || mode == MODE_STOPPED;
  return core->hil.state == HIL_OFF && unpowered && core->sessions.owner == 0;
}

void hil_ask(struct core *core, const struct frame *frame) {
  core->hil.state = HIL_ENTERING;
  core->hil.first = *frame;
}

void hil_outputs_off(struct outputs *outputs) {
  outputs->left_duty = 0.0f;
  outputs->right_duty = 0.0f;
  outputs->enable = false;
  outputs->trigger_sonar = -1;
  outputs->accessory[0] = 0;
  outputs->accessory[1] = 0;
}

static void restart(struct core *core, const struct frame *frame) {
  struct params params;
  params_defaults(&params);
  uint32_t tier = (uint32_t)frame->payload[24] >> STEP_TIER_SHIFT & STEP_TIER_MASK;
  core_power_up(core, &params, (enum tier)tier, frame->tick);
}

static void take_step(struct core *core, const struct frame *frame) {
  const uint8_t *at = frame->payload;
  uint32_t flags = at[24];
  if ((flags & STEP_RESTART) != 0) restart(core, frame);
  /* A repeated frame, or one after a lost one, moves nothing: its answer tells where the core is. */
  if (frame->tick == core->now) {
    struct inputs inputs = {
        .left_counts = (int32_t)get_u32(at),
        .right_counts = (int32_t)get_u32(at + 4),
        .gyro_radps = get_f32(at + 8),
        .bumper_left = (flags & STEP_BUMPER_LEFT) != 0,
        .bumper_right = (flags & STEP_BUMPER_RIGHT) != 0,
        .estop_open = (flags & STEP_ESTOP_OPEN) != 0,
        .battery_mv = get_u16(at + 25),
    };
    const uint8_t *echo = at + 12;
    for (uint32_t i = 0; i < SONARS; i++, echo += 4) inputs.echo_us[i] = (int32_t)get_u32(echo);
    core_step(core, &inputs, &core->hil.outputs);
    core_settle(core);
  }
  report_stepped(core);
}

/* Bytes of the simulated link; the real one carries step and feed frames alone. */
static void take_feed(struct core *core, const struct frame *frame) {
  uint32_t count = frame->payload[0] > FEED_BYTES ? FEED_BYTES : frame->payload[0];
  for (uint32_t i = 0; i < count; i++) {
    if (!ring_put(&core->rx, frame->payload[1 + i])) core->bad_frames++;
  }
}

void hil_enter(struct core *core) {
  ring_init(&core->hil.rx);
  decoder_init(&core->hil.decoder);
  while (core->rx.tail != core->rx.head) {
    ring_put(&core->hil.rx, core->rx.bytes[core->rx.tail % RX_RING]);
    core->rx.tail++;
  }
  core->hil.state = HIL_ON;
  core->tx.length = 0;
  hil_outputs_off(&core->hil.outputs);
  restart(core, &core->hil.first);
  take_step(core, &core->hil.first);
}

void hil_poll(struct core *core) {
  struct frame frame;
  struct ring_in *rx = &core->hil.rx;
  for (uint32_t i = 0; i < HIL_BYTES_PER_POLL && rx->tail != rx->head; i++) {
    if (core->tx.length > TX_ROOM) return;
    uint8_t byte = rx->bytes[rx->tail % RX_RING];
    rx->tail++;
    if (!decoder_take(&core->hil.decoder, byte, &frame)) continue;
    if (frame.type == FRAME_STEP) take_step(core, &frame);
    if (frame.type == FRAME_FEED) take_feed(core, &frame);
  }
}
