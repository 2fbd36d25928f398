#define _GNU_SOURCE
#include "schedule.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_BYTES 65536u

/* PREEMPT_RT kernels say 1 in this file; others do not have it. */
static bool preempt_rt(void) {
  char text = '0';
  int file = open("/sys/kernel/realtime", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool says = read(file, &text, 1) == 1 && text == '1';
  close(file);
  return says;
}

/* Touches the stack once, so that no page of it is missing later. */
static void prefault(void) {
  volatile uint8_t stack[STACK_BYTES];
  for (uint32_t i = 0; i < STACK_BYTES; i += 512u) stack[i] = 0;
  (void)stack[0];
}

void schedule_enter(struct figures *figures, const struct options *options) {
  if (options->cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)options->cpu, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
  }
  figures->locked = mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
  if (options->priority > 0) {
    const struct sched_param wanted = {.sched_priority = options->priority};
    figures->fifo = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &wanted) == 0;
  }
  figures->preempt_rt = preempt_rt();
  prefault();
  bool firm = figures->fifo && figures->locked && figures->preempt_rt;
  figures->tier = firm ? TIER_FIRM : TIER_SOFT;
}
