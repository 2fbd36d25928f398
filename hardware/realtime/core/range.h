/* The sonars: when to trigger which, what each knows, and how fast that lets the robot drive. */
#ifndef RANGE_H
#define RANGE_H
#include <stdbool.h>
#include <stdint.h>

#include "params.h"

#define SONARS 3u

struct sonar {
  bool known;
  bool stuck;
  bool heard;          /* at least one good edge since power-up */
  float distance_m;    /* reduced by the way driven since the sample */
  uint32_t edge_tick;  /* of the last good edge */
  bool doubted;        /* a sudden far reading waits for a second one */
  float candidate_m;
  int32_t last_us;
  uint32_t repeats;
  uint32_t silent;     /* answers in a row without an echo */
  float driven_m;      /* since the reading last changed */
};

struct range {
  struct sonar sonars[SONARS];
  uint32_t since_trigger;
  uint32_t turn;
  uint32_t blind_ms;
  float ceiling_mps;
};

void range_init(struct range *range);
/* Takes the echoes of this tick and the speed; sets ceiling_mps. */
void range_step(struct range *range, const struct params *params, const int32_t echo_us[SONARS],
                float speed_mps, uint32_t now);
/* The sonar to trigger in this tick, or -1. */
int32_t range_trigger(struct range *range, uint32_t present);
/* True while no sonar of a robot that has some was readable for 500 ms. */
bool range_blind(const struct range *range);
/* Forward speed from which the robot still stops before the stop distance. */
float range_ceiling(float distance_m, float accel_mps2, float reaction_s, float stop_m);

#endif
