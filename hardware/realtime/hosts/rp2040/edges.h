/* What the edges on pins tell: encoder counts, and the length of the sonars' echoes. */
#ifndef EDGES_H
#define EDGES_H
#include <stdint.h>

#include "core.h"

void edges_init(void);
/* Counts since power-up; channel A ahead of channel B counts up. */
int32_t edges_left(void);
int32_t edges_right(void);
/* As in struct inputs: microseconds, 0 = none ended since the last call, -1 = no echo. */
int32_t edges_echo(uint32_t sonar);
/* Raises a sonar's trigger; alarm 1 lowers it after the part's 10 us. */
void edges_trigger(uint32_t sonar);

#endif
