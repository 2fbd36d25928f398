/*
 * Auto-tune: drives a few short steps forward and back, fits a first-order motor to them, and sets
 * feed-forward and gains. The owner keeps it alive by repeating its frame; anything else ends it.
 */
#ifndef TUNE_H
#define TUNE_H
#include <stdbool.h>
#include <stdint.h>

#include "odometry.h"
#include "params.h"
#include "wheel.h"

enum tune_outcome {
  TUNE_DONE = 0,
  TUNE_NO_ROOM = 1,     /* too little way ahead, or none known */
  TUNE_LEFT_BOX = 2,    /* more than half the box from where it began */
  TUNE_INTERRUPTED = 3, /* a stop, a set-point, a disarm, or no frame for too long */
  TUNE_TOO_FAST = 4,    /* faster than the limits allow */
  TUNE_NO_FIT = 5,      /* the steps fit no motor that could be ours */
  TUNE_RUNS = 6
};

struct tune {
  bool active;
  uint32_t token;
  uint32_t refreshed_tick;
  uint32_t phase;
  uint32_t ms;
  int64_t x_nm;
  int64_t y_nm;
  int32_t begin_counts; /* of both wheels, when the step began and when its window did */
  int32_t window_counts;
  float speed[2]; /* of the weak and the strong step, m/s */
  float duty[2];
  float tau_s;
};

void tune_init(struct tune *tune);
/* Begins at rest; the pose is the middle of the box. */
void tune_begin(struct tune *tune, const struct params *params, const struct odometry *odometry,
                uint32_t token, uint32_t now);
/* Keeps it alive. */
void tune_refresh(struct tune *tune, uint32_t now);
/* What ends the run now, or TUNE_RUNS. */
enum tune_outcome tune_check(const struct tune *tune, const struct params *params,
                             const struct odometry *odometry, float ceiling, float motion_mps,
                             uint32_t now);
/* One tick: the open-loop duty at nominal voltage, 0 in a pause. True after the last tick. */
bool tune_step(struct tune *tune, const struct params *params, const struct wheel *left,
               const struct wheel *right, float *duty);
/* Fits, and sets the parameters; false (nothing set) when nothing fits. */
bool tune_fit(const struct tune *tune, struct params *params);

#endif
