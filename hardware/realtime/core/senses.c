#include "senses.h"

#include "limits.h"
#include "real.h"

#define BATTERY_SMOOTHING 0.01f
#define RATIO_LOW 0.7f
#define RATIO_HIGH 1.4f

void estop_init(struct estop *estop) {
  estop->open = true;
  estop->last = true;
  estop->same = 0;
}

void estop_step(struct estop *estop, bool open) {
  estop->same = open == estop->last ? estop->same + 1u : 1u;
  estop->last = open;
  if (estop->same < ESTOP_SAMPLES) return;
  estop->same = ESTOP_SAMPLES;
  estop->open = open;
}

void bumper_init(struct bumper *bumper) {
  bumper->last = false;
  bumper->same = 0;
  bumper->pressed = false;
  bumper->released_ms = BUMPER_RELEASE_MS;
}

bool bumper_step(struct bumper *bumper, bool closed) {
  bumper->same = closed == bumper->last ? bumper->same + 1u : 1u;
  bumper->last = closed;
  if (bumper->same > BUMPER_RELEASE_MS) bumper->same = BUMPER_RELEASE_MS;
  if (closed && !bumper->pressed && bumper->same >= ESTOP_SAMPLES) {
    bumper->pressed = true;
    return true;
  }
  /* Letting go needs longer, so that a lever that chatters while backing off is one impact. */
  if (!closed && bumper->same >= BUMPER_RELEASE_MS) bumper->pressed = false;
  return false;
}

void battery_init(struct battery *battery) {
  battery->seen = false;
  battery->mv = 0.0f;
  battery->low_ms = 0;
}

void battery_step(struct battery *battery, const struct params *params, uint16_t mv) {
  if (!battery->seen) battery->mv = (float)mv;
  battery->seen = true;
  battery->mv += ((float)mv - battery->mv) * BATTERY_SMOOTHING;
  if (battery->mv >= params->v[PARAM_EMPTY_MV]) battery->low_ms = 0;
  else if (battery->low_ms < BATTERY_LOW_MS) battery->low_ms++;
}

bool battery_low(const struct battery *battery) { return battery->low_ms >= BATTERY_LOW_MS; }

float battery_derate(const struct battery *battery, const struct params *params) {
  float empty = params->v[PARAM_EMPTY_MV];
  float span = params->v[PARAM_DERATE_MV] - empty;
  if (battery->mv >= params->v[PARAM_DERATE_MV]) return 1.0f;
  if (!(span > 1.0f)) return BATTERY_DERATE_FLOOR;
  float left = real_clamp((battery->mv - empty) / span, 0.0f, 1.0f);
  return BATTERY_DERATE_FLOOR + (1.0f - BATTERY_DERATE_FLOOR) * left;
}

float battery_volts_ratio(const struct battery *battery, const struct params *params) {
  if (!(battery->mv > 1.0f)) return 1.0f;
  return real_clamp(params->v[PARAM_NOMINAL_MV] / battery->mv, RATIO_LOW, RATIO_HIGH);
}
