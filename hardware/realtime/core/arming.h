/* What must hold before the motors get power. One file each under arming/. */
#ifndef ARMING_H
#define ARMING_H
#include "core.h"

struct arming_check {
  uint8_t id;
  /* Tells a person what to do. */
  const char *sentence;
  bool (*holds)(const struct core *core);
};

extern const struct arming_check arming_estop;
extern const struct arming_check arming_battery;
extern const struct arming_check arming_range;
extern const struct arming_check arming_standstill;
extern const struct arming_check arming_encoder;

#define ARMING_CHECKS 5u

/* The check at a place of the list, or 0 past its end. */
const struct arming_check *arming_check_at(uint32_t index);
/* Id of the first check that fails, or 0. */
uint32_t arming_first_failing(const struct core *core);

#endif
