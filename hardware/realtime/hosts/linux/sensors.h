/* From edges and levels of pins to the inputs of a tick. */
#ifndef SENSORS_H
#define SENSORS_H
#include "hal.h"
#include "quadrature.h"

struct echo {
  bool high;
  uint64_t rose_ns;
};

struct sensors {
  struct quadrature left;
  struct quadrature right;
  struct echo echoes[SONARS];
  uint32_t lost;
  uint32_t edges; /* since the start */
};

void sensors_init(struct sensors *sensors, const struct hal *hal);
/* Everything since the last call; false when a simulated world is gone. */
bool sensors_read(struct sensors *sensors, const struct hal *hal, const struct pins *pins,
                  uint32_t battery_mv, struct inputs *inputs);

#endif
