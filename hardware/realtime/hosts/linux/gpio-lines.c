#define _GNU_SOURCE
#include "gpio-lines.h"

#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CHIPS 32u
#define EVENT_BUFFER 1024u

int gpio_find_chip(const char *label) {
  for (uint32_t i = 0; i < CHIPS; i++) {
    char path[32];
    struct gpiochip_info info = {.lines = 0};
    snprintf(path, sizeof path, "/dev/gpiochip%u", i);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) continue;
    bool ours = ioctl(file, GPIO_GET_CHIPINFO_IOCTL, &info) == 0 &&
                strncmp(info.label, label, sizeof info.label) == 0;
    if (ours) return file;
    close(file);
  }
  return -1;
}

bool gpio_take(struct gpio_lines *lines, int chip, const struct pins *pins, uint32_t first,
               uint32_t last, uint64_t flags) {
  struct gpio_v2_line_request request = {.consumer = "timmy-rtd"};
  *lines = (struct gpio_lines){.file = -1};
  for (uint32_t pin = first; pin <= last && lines->count < MOST_LINES; pin++) {
    if (pins->line[pin] == NO_LINE) continue;
    request.offsets[lines->count] = pins->line[pin];
    lines->offsets[lines->count] = pins->line[pin];
    lines->pins[lines->count] = pin;
    lines->count++;
  }
  if (lines->count == 0) return true;
  request.num_lines = lines->count;
  /* Outputs begin low: an output request without a value attribute drives zero. */
  request.config.flags = flags;
  request.event_buffer_size = EVENT_BUFFER;
  if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) != 0) return false;
  lines->file = request.fd;
  return fcntl(lines->file, F_SETFL, O_NONBLOCK) == 0;
}

uint64_t gpio_bit(const struct gpio_lines *lines, uint32_t pin) {
  for (uint32_t i = 0; i < lines->count; i++) {
    if (lines->pins[i] == pin) return (uint64_t)1 << i;
  }
  return 0;
}

bool gpio_write(const struct gpio_lines *lines, uint64_t mask, uint64_t bits) {
  struct gpio_v2_line_values values = {.bits = bits, .mask = mask};
  if (lines->file < 0 || mask == 0) return true;
  return ioctl(lines->file, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) == 0;
}

bool gpio_read(const struct gpio_lines *lines, uint64_t mask, uint64_t *bits) {
  struct gpio_v2_line_values values = {.bits = 0, .mask = mask};
  if (lines->file < 0) return false;
  if (ioctl(lines->file, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) != 0) return false;
  *bits = values.bits;
  return true;
}
