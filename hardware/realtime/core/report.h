/* Frames from the core. */
#ifndef REPORT_H
#define REPORT_H
#include "core.h"

enum ack_code {
  ACK_OK = 0,
  ACK_NO_SESSION = 1,
  ACK_OWNED = 2,
  ACK_BAD_NONCE = 3,
  ACK_WRONG_MODE = 4,
  ACK_CHECK_FAILED = 5,  /* detail: the arming check's id */
  ACK_CAUSE_STANDS = 6,  /* detail: the reason's bit number */
  ACK_WRONG_GENERATION = 7,
  ACK_MOVING = 8,
  ACK_BAD_VALUE = 9,
  ACK_STALE = 10,
  ACK_UNSUPPORTED = 11
};

void report_hello(struct core *core, const struct session *session);
void report_state(struct core *core);
void report_event(struct core *core, enum stop_news news);
void report_ack(struct core *core, const struct frame *of, enum ack_code code, uint32_t detail);
/* How the auto-tune of a session ended; done is followed by each parameter that it set. */
void report_tuned(struct core *core, enum tune_outcome outcome);
void report_param(struct core *core, uint32_t token, uint32_t id, enum ack_code code);
/* What the last step of HIL mode did: the pins that it would have written, mode and trace. */
void report_stepped(struct core *core);

#endif
