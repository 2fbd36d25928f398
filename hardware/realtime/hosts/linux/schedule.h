/* The right to be on time: FIFO priority, memory that never leaves, one processor. */
#ifndef SCHEDULE_H
#define SCHEDULE_H
#include "figures.h"
#include "options.h"

/* Asks the kernel for what it grants and notes it. Firm only with all of it on a PREEMPT_RT
   kernel; else soft, and the core caps the speed. */
void schedule_enter(struct figures *figures, const struct options *options);

#endif
