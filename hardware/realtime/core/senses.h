/* The slow inputs: e-stop contact, bumpers, battery. Each is filtered before it is believed. */
#ifndef SENSES_H
#define SENSES_H
#include <stdbool.h>
#include <stdint.h>

#include "params.h"

struct estop {
  bool open; /* believed; starts open, because a cut wire is a stop */
  bool last;
  uint32_t same;
};

struct bumper {
  bool last;
  uint32_t same;
  bool pressed;
  uint32_t released_ms;
};

struct battery {
  bool seen;
  float mv;
  uint32_t low_ms;
};

void estop_init(struct estop *estop);
void estop_step(struct estop *estop, bool open);

void bumper_init(struct bumper *bumper);
/* True in the tick in which a press is believed. */
bool bumper_step(struct bumper *bumper, bool closed);

void battery_init(struct battery *battery);
void battery_step(struct battery *battery, const struct params *params, uint16_t mv);
bool battery_low(const struct battery *battery);
/* 1 above the derating voltage, less below it. */
float battery_derate(const struct battery *battery, const struct params *params);
/* Nominal over measured: what a duty must be multiplied by to mean the same voltage. */
float battery_volts_ratio(const struct battery *battery, const struct params *params);

#endif
