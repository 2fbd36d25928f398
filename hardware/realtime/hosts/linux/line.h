/* The wires of the link: clients of a unix socket, a pseudo terminal, or a cable. */
#ifndef LINE_H
#define LINE_H
#include <stdbool.h>
#include <stdint.h>

#include "core.h"
#include "options.h"

#define CLIENTS 4u

/* One end of a wire. Bytes are handed on frame by frame, so that two clients never mix theirs. */
struct client {
  int file; /* -1 = free */
  uint8_t held[WIRE_MAX];
  uint32_t length;
};

struct line {
  enum line_kind kind;
  int listener;
  int terminal_end; /* the pty's other end: kept open, or its first closing would end the pty */
  char path[PATH_BYTES];
  uint32_t baud;
  bool patient; /* waits for a slow reader: only where no clock drives the core */
  uint32_t reopen_in; /* ticks until a lost cable is tried again */
  struct client clients[CLIENTS];
};

/* False with a sentence in why (PATH_BYTES). */
bool line_open(struct line *line, const struct options *options, char *why);
/* Accepts, reads, hands on to the core. Never waits. */
void line_read(struct line *line, struct core *core);
/* What a client does not take at once is dropped for it: old words must not wait. */
void line_write(struct line *line, const uint8_t *bytes, uint32_t length);
/* Waits until somebody says something, at most that long. */
void line_wait(const struct line *line, int timeout_ms);
void line_close(struct line *line);

#endif
