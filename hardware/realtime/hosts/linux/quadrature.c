#include "quadrature.h"

void quadrature_set(struct quadrature *wheel, bool a, bool b) {
  wheel->a = a;
  wheel->b = b;
}

void quadrature_step(struct quadrature *wheel, bool a, bool b) {
  bool a_moved = a != wheel->a;
  bool b_moved = b != wheel->b;
  if (a_moved != b_moved) {
    /* A leads: after A's edge the channels differ, after B's they are equal. */
    bool forward = a_moved ? a != b : a == b;
    uint32_t step = forward ? 1u : 0xffffffffu;
    wheel->counts = (int32_t)((uint32_t)wheel->counts + step);
  }
  quadrature_set(wheel, a, b);
}
