/* The real-time core: everything that it knows, and the calls that a host makes. */
#ifndef CORE_H
#define CORE_H
#include <stdbool.h>
#include <stdint.h>

#include "drive.h"
#include "frame.h"
#include "hil.h"
#include "odometry.h"
#include "params.h"
#include "range.h"
#include "senses.h"
#include "session.h"
#include "stop.h"
#include "tune.h"
#include "wheel.h"

enum tier { TIER_HARD = 0, TIER_FIRM = 1, TIER_SOFT = 2, TIER_SIMULATED = 3 };

struct inputs {
  int32_t left_counts;
  int32_t right_counts;
  float gyro_radps;
  int32_t echo_us[SONARS]; /* 0 = none ended, -1 = its long pulse: no echo came back */
  bool bumper_left;
  bool bumper_right;
  bool estop_open;
  uint16_t battery_mv;
};

struct outputs {
  float left_duty;
  float right_duty;
  bool enable;
  int32_t trigger_sonar;
  uint16_t accessory[2]; /* servo pulse in microseconds, LED level */
};

struct ring_in {
  uint8_t bytes[RX_RING];
  uint32_t head;
  uint32_t tail;
};

struct ring_out {
  uint8_t bytes[TX_RING];
  uint32_t length;
  uint16_t seq;
};

enum hil_state { HIL_OFF = 0, HIL_ENTERING = 1, HIL_ON = 2 };

struct hil {
  enum hil_state state;
  struct frame first;
  struct ring_in rx; /* bytes of the real link; core.rx is the simulated one then */
  struct decoder decoder;
  struct outputs outputs;
};

struct core {
  uint32_t now;
  uint32_t age; /* ticks since power-up, held at BOOT_MS; the tick itself may wrap */
  enum tier tier;
  uint32_t build;
  struct params params;
  struct wheel left;
  struct wheel right;
  struct odometry odometry;
  struct range range;
  struct estop estop;
  struct bumper bumper_left;
  struct bumper bumper_right;
  struct battery battery;
  float gyro_radps;
  struct drive drive;
  struct tune tune;
  struct stop stop;
  struct sessions sessions;
  bool disarming;
  uint32_t disarming_ms;
  uint16_t accessory[2];
  struct decoder decoder;
  struct ring_in rx;
  struct ring_out tx;
  uint32_t bad_frames;
  uint32_t since_state;
  bool unsettled;
  struct outputs done; /* of the tick that is to be settled */
  uint32_t trace;
  struct hil hil;
};

/* params may be the defaults; start_tick is 0 except where a test wants the wrap near. */
void core_init(struct core *core, const struct params *params, enum tier tier, uint32_t build,
               uint32_t start_tick);
/* Queues bytes of the link; what does not fit is dropped and counted. */
void core_receive(struct core *core, uint8_t byte);
/* Advances by 1 ms. In HIL mode: carries out waiting step frames; the pins of outputs stay off. */
void core_tick(struct core *core, const struct inputs *inputs, struct outputs *outputs);
/*
 * The rest of a tick, for which no pin waits: odometry, the state frame, the trace. A host on a
 * small chip calls it once the pins are written; otherwise the next call of the core does.
 */
void core_settle(struct core *core);
/* Moves what waits into to, which holds TX_RING bytes; answers how many. */
uint32_t core_transmit(struct core *core, uint8_t *to);

/* True from a step frame until power-up: the core ticks by step frames, the real pins are off. */
bool core_in_hil(const struct core *core);
/* In HIL mode a host may call this whenever bytes came, to step faster than its own ticks. */
void core_poll(struct core *core);

/* For hil.c: everything but the link and the HIL state as after power-up, and one tick. */
void core_power_up(struct core *core, const struct params *params, enum tier tier,
                   uint32_t start_tick);
void core_step(struct core *core, const struct inputs *inputs, struct outputs *outputs);
void ring_init(struct ring_in *ring);
/* False when the ring is full. */
bool ring_put(struct ring_in *ring, uint8_t byte);
/* Makes a word part of the trace. */
void core_trace(struct core *core, uint32_t word);

/* Forward speed, m/s. */
float core_speed(const struct core *core);
/* The faster wheel's absolute speed, m/s: what "stopped" is judged by, so turning counts. */
float core_motion(const struct core *core);
/* The most that the core lets the robot drive now, the range aside. */
struct caps core_caps(const struct core *core);
/* Ends an auto-tune that runs, and tells the link how it ended. */
void core_end_tune(struct core *core, enum tune_outcome outcome);
/* Latches a stop and tells the link. */
void core_stop(struct core *core, uint32_t reason);
/* Reasons whose cause stands now. */
uint32_t core_standing(const struct core *core);

#endif
