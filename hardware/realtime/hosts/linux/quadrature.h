/* Counts of an encoder from the edges of its two channels, four to a period. */
#ifndef QUADRATURE_H
#define QUADRATURE_H
#include <stdbool.h>
#include <stdint.h>

struct quadrature {
  bool a;
  bool b;
  int32_t counts;
};

/* Takes the levels without counting: at the start, and after edges were lost. */
void quadrature_set(struct quadrature *wheel, bool a, bool b);
/* Counts up when channel A leads. A jump over two states has no direction and counts nothing. */
void quadrature_step(struct quadrature *wheel, bool a, bool b);

#endif
