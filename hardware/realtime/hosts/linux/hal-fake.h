/* The file that plays the pins: a test writes the inputs and reads the outputs, at these places. */
#ifndef HAL_FAKE_H
#define HAL_FAKE_H
#include <stdint.h>

#define FAKE_EDGES 1024u

struct fake_edge {
  uint64_t time_ns;
  uint32_t pin;
  uint32_t level;
};

/* Offsets stand in tests/hil/rtd-fake.ts too. */
struct fake_pins {
  uint32_t enable;         /*  0 */
  int32_t duty_permille[2]; /*  4 */
  uint32_t triggers[3];    /* 12: how often each sonar was started */
  uint32_t accessory[2];   /* 24 */
  uint32_t level_mask;     /* 32: bit = enum pin; high = 1 */
  uint32_t battery_mv;     /* 36 */
  uint32_t edge_head;      /* 40: written by the test after the edge itself */
  uint32_t edge_tail;      /* 44 */
  uint32_t safes;          /* 48: how often the safe state was written */
  uint32_t abort_now;      /* 52: 1 = fail an assertion, 2 = hang, 3 = a bad access */
  uint64_t reserved;       /* 56 */
  struct fake_edge edges[FAKE_EDGES]; /* 64 */
};

#endif
