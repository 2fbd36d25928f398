/*
 * Hardware in the loop: a core that ticks once per step frame, on inputs from the frame, while the
 * real pins stay off. Entered by a step frame while nobody armed; left by power-up alone.
 */
#ifndef HIL_H
#define HIL_H
#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

struct core;
struct outputs;

/* Flags of a step frame beside the pins: start over at the frame's tick, and the tier to play. */
#define STEP_BUMPER_LEFT 1u
#define STEP_BUMPER_RIGHT 2u
#define STEP_ESTOP_OPEN 4u
#define STEP_TIER_SHIFT 4u
#define STEP_TIER_MASK 3u
#define STEP_RESTART 0x80u

/* True when a step frame may take this core over: nobody has armed it since power-up or reset. */
bool hil_may_enter(const struct core *core);
/* Remembers the frame that asks for it; the tick that read it ends first. */
void hil_ask(struct core *core, const struct frame *frame);
/* Powers the core up anew and carries out the frame that asked. */
void hil_enter(struct core *core);
/* Carries out the step frames that wait, a few at most. */
void hil_poll(struct core *core);
/* Pins that do nothing. */
void hil_outputs_off(struct outputs *outputs);

#endif
