/* Frames to the core. */
#ifndef MESSAGES_H
#define MESSAGES_H
#include "core.h"

/* Carries out one good frame, or answers why not. */
void messages_take(struct core *core, const struct frame *frame);

#endif
