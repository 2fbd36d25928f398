/* What rtd needs of a machine: a dozen functions. Real pins, a file for tests, or a simulator. */
#ifndef HAL_H
#define HAL_H
#include <stdbool.h>
#include <stdint.h>

#include "core.h"
#include "options.h"

enum side { SIDE_LEFT = 0, SIDE_RIGHT = 1 };

struct edge {
  uint64_t time_ns; /* monotonic */
  uint32_t pin;
  bool level; /* after the edge */
};

struct hal {
  const char *name;
  /* Opens and makes safe; false with a sentence in why (PATH_BYTES). */
  bool (*open)(const struct options *options, char *why);
  void (*close)(void);
  /* Zero duty, enable low. Called from signal handlers: system calls only, no memory, no locks. */
  void (*safe)(void);
  void (*enable)(bool on);
  /* -1..1 */
  void (*duty)(enum side side, float duty);
  /* The ten microseconds that start a sonar. */
  void (*trigger)(uint32_t sonar);
  /* 0 = servo pulse, microseconds; 1 = LED level. */
  void (*accessory)(uint32_t pin, uint16_t value);
  /* Moves at most `most` edges that waited, oldest first; answers how many. */
  uint32_t (*edges)(struct edge *to, uint32_t most);
  bool (*level)(uint32_t pin);
  /* May take a millisecond: called beside the loop. 0 = unknown. */
  uint16_t (*battery_mv)(void);
  /* Edges that the kernel had to drop since the start. */
  uint32_t (*lost_edges)(void);
  /* Instead of edges, level and battery: the world's answer to the last outputs. 0 = not so.
     False when the world is gone. */
  bool (*answer)(struct inputs *inputs);
  /* With it: hands all outputs of a tick over at once. */
  void (*outputs)(const struct outputs *outputs, uint32_t tick);
};

extern const struct hal hal_none;
extern const struct hal hal_gpio;
extern const struct hal hal_fake;
extern const struct hal hal_plant;

#endif
