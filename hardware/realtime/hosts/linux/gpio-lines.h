/* The GPIO character device, version 2 (linux/gpio.h): one request for outputs, one for lines with
   edges, one for lines that are sampled. */
#ifndef GPIO_LINES_H
#define GPIO_LINES_H
#include "hal.h"

#define MOST_LINES 16u

struct gpio_lines {
  int file;
  uint32_t count;
  uint32_t offsets[MOST_LINES];
  uint32_t pins[MOST_LINES]; /* which pin each is */
};

/* The chip with that label, opened; -1 when there is none. */
int gpio_find_chip(const char *label);
/* Takes the wired ones of the pins from first to last; flags as in linux/gpio.h. An empty set is
   fine. False with errno. */
bool gpio_take(struct gpio_lines *lines, int chip, const struct pins *pins, uint32_t first,
               uint32_t last, uint64_t flags);
/* Bit of a pin in this request, 0 when it is not in it. */
uint64_t gpio_bit(const struct gpio_lines *lines, uint32_t pin);
/* One system call; may be called from a signal handler. */
bool gpio_write(const struct gpio_lines *lines, uint64_t mask, uint64_t bits);
bool gpio_read(const struct gpio_lines *lines, uint64_t mask, uint64_t *bits);

#endif
