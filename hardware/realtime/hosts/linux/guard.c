#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"
#include "notify.h"
#include "schedule.h"

#define LOOK_MS 5u
#define NOTIFY_EVERY 40u  /* looks: 200 ms */
#define SAVE_EVERY 200u   /* 1 s */
#define BATTERY_EVERY 20u /* 100 ms */
#define LEAVE_MS 500u
#define EXIT_LOOP_DIED 70

static const struct hal *pins;
static volatile sig_atomic_t asked_to_leave;

/* In the loop's process: whatever ends it, the pins come first. */
static void die_safely(int signal_number) {
  pins->safe();
  bool asked = signal_number == SIGTERM || signal_number == SIGINT || signal_number == SIGHUP;
  _exit(asked ? 0 : 128 + signal_number);
}

static void remember_to_leave(int signal_number) {
  (void)signal_number;
  asked_to_leave = 1;
}

static void on_signals(const int *signals, uint32_t count, void (*handler)(int)) {
  for (uint32_t i = 0; i < count; i++) {
    struct sigaction action = {.sa_handler = handler};
    sigfillset(&action.sa_mask);
    (void)sigaction(signals[i], &action, 0);
  }
}

static const int endings[] = {SIGTERM, SIGINT, SIGHUP};
static const int deaths[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS,
                             SIGFPE,  SIGILL, SIGTRAP, SIGSYS, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2};

static int be_the_loop(const struct options *options, const struct hal *hal, struct line *line,
                       struct figures *figures, pid_t guard) {
  on_signals(deaths, sizeof deaths / sizeof deaths[0], die_safely);
  /* Without its guard the loop does not go on. */
  (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != guard) return 1;
  schedule_enter(figures, options);
  int code = loop_run(options, hal, line, figures);
  hal->safe();
  return code;
}

static void say_ready(const struct figures *figures, const struct options *options) {
  char state[160];
  const char *tier = options->hil ? "simulated" : tier_name(figures->tier);
  const char *why = !figures->fifo         ? "; no right to SCHED_FIFO, the speed is capped"
                    : !figures->locked     ? "; no right to lock memory, the speed is capped"
                    : !figures->preempt_rt ? "; not a PREEMPT_RT kernel, the speed is capped"
                                           : "";
  fprintf(stderr, "rtd: ready, %s%s\n", tier, options->hil ? "" : why);
  snprintf(state, sizeof state, "READY=1\nSTATUS=%s%s", tier, options->hil ? "" : why);
  notify(state);
}

struct watch {
  uint32_t beat;
  uint32_t still_ms;
  uint32_t looks;
  bool ready;
};

/* True while the loop lives. Counts its own looks, not the clock: a machine that slept as a whole
   did not hang. */
static bool loop_lives(struct watch *watch, const struct figures *figures, uint32_t stall_ms) {
  watch->still_ms = figures->beat == watch->beat ? watch->still_ms + LOOK_MS : 0u;
  watch->beat = figures->beat;
  /* Starting may take longer than a beat. */
  return watch->still_ms <= (watch->ready ? stall_ms : stall_ms + 5000u);
}

static void do_slow_things(struct watch *watch, const struct options *options,
                           const struct hal *hal, struct figures *figures) {
  if (!watch->ready && figures->loop_runs) {
    watch->ready = true;
    say_ready(figures, options);
  }
  if (watch->looks % BATTERY_EVERY == 0) figures->battery_mv = hal->battery_mv();
  if (watch->ready && watch->looks % NOTIFY_EVERY == 0) notify("WATCHDOG=1");
  if (options->figures_path[0] != '\0' && watch->looks % SAVE_EVERY == 0) {
    figures_save(figures, options->figures_path);
  }
  watch->looks++;
}

static void look_later(void) {
  const struct timespec pause = {.tv_sec = 0, .tv_nsec = (long)LOOK_MS * 1000000L};
  (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, 0);
}

/* Answers what waitpid says about the loop in the end. */
static int end_loop(pid_t loop) {
  int status = 0;
  (void)kill(loop, SIGTERM);
  for (uint32_t waited = 0; waited < LEAVE_MS; waited += LOOK_MS) {
    if (waitpid(loop, &status, WNOHANG) == loop) return status;
    look_later();
  }
  (void)kill(loop, SIGKILL);
  (void)waitpid(loop, &status, 0);
  return status;
}

static int watch_over(pid_t loop, const struct options *options, const struct hal *hal,
                      struct figures *figures) {
  struct watch watch = {.beat = 0};
  int status = 0;
  for (;;) {
    pid_t ended = waitpid(loop, &status, WNOHANG);
    if (ended == loop || (ended < 0 && errno == ECHILD)) break;
    if (asked_to_leave != 0) {
      notify("STOPPING=1");
      hal->safe();
      (void)end_loop(loop);
      return 0;
    }
    if (!loop_lives(&watch, figures, options->stall_ms)) {
      hal->safe();
      (void)kill(loop, SIGKILL);
      (void)waitpid(loop, &status, 0);
      fprintf(stderr, "rtd: the loop stood still for %u ms\n", options->stall_ms);
      return EXIT_LOOP_DIED;
    }
    do_slow_things(&watch, options, hal, figures);
    look_later();
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) <= 1) return WEXITSTATUS(status);
  fprintf(stderr, "rtd: the loop died\n");
  return EXIT_LOOP_DIED;
}

int guard_run(const struct options *options, const struct hal *hal, struct line *line,
              struct figures *figures) {
  pins = hal;
  on_signals(endings, sizeof endings / sizeof endings[0], remember_to_leave);
  /* The first tick must not see an empty battery. */
  figures->battery_mv = hal->battery_mv();
  pid_t guard = getpid();
  pid_t loop = fork();
  if (loop == 0) _exit(be_the_loop(options, hal, line, figures, guard));
  if (loop < 0) return 1;
  if (options->priority > 0) {
    const struct sched_param above = {.sched_priority = options->priority + 1};
    (void)sched_setscheduler(0, SCHED_FIFO, &above);
  }
  int code = watch_over(loop, options, hal, figures);
  hal->safe();
  if (options->figures_path[0] != '\0') figures_save(figures, options->figures_path);
  return code;
}
