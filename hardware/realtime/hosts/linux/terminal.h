/* Terminals as byte pipes: raw, not waiting. */
#ifndef TERMINAL_H
#define TERMINAL_H
#include <stdint.h>

/* A pseudo terminal; link becomes a symbolic link to its other end. Both ends stay open.
   -1 with errno. */
int terminal_create(const char *link, int *other_end);
/* A serial device at that speed, taken for ourselves alone. -1 with errno. */
int terminal_open(const char *path, uint32_t baud);

#endif
