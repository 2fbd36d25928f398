/* Modes and latched stops: boot -> disarmed -> armed -> stopping -> stopped. */
#ifndef STOP_H
#define STOP_H
#include <stdbool.h>
#include <stdint.h>

enum mode { MODE_BOOT = 0, MODE_DISARMED = 1, MODE_ARMED = 2, MODE_STOPPING = 3, MODE_STOPPED = 4 };

/* Bits of a stop's reasons; the wire carries the same bits. */
enum reason {
  REASON_STOP = 1u << 0,
  REASON_ESTOP = 1u << 1,
  REASON_ESTOP_INPUT = 1u << 2,
  REASON_LINK_LOST = 1u << 3,
  REASON_RANGE_LOST = 1u << 4,
  REASON_STALL = 1u << 5,
  REASON_RUNAWAY = 1u << 6,
  REASON_BATTERY = 1u << 7,
  REASON_BUMPER = 1u << 8,
  REASON_ENCODER = 1u << 9,
  REASON_INTERNAL = 1u << 10
};

/* How the motors are brought to rest: along the ramp, at once under control, or without power. */
enum braking { BRAKE_RAMP = 0, BRAKE_HARD = 1, BRAKE_CUT = 2 };

enum stop_news { NEWS_NONE = 0, NEWS_STOPPING = 1, NEWS_STOPPED = 2, NEWS_UNCONFIRMED = 3 };

struct stop {
  enum mode mode;
  uint32_t generation;
  uint32_t reasons;
  enum braking braking;
  bool confirmed;
  uint32_t since_ms;
  uint32_t still_ms;
  float began_mps;
};

void stop_init(struct stop *stop);
/* Latches a reason; a new one opens a new generation. True when that is news. */
bool stop_latch(struct stop *stop, uint32_t reason, float speed_mps);
/* One tick with the measured speed; says what a listener must be told. */
enum stop_news stop_step(struct stop *stop, float speed_mps);
/* Ends the latch; the caller checked that it may. */
void stop_clear(struct stop *stop);
bool stop_holds_power(const struct stop *stop);

#endif
