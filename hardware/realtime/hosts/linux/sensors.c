#include "sensors.h"

#define EDGES_PER_READ 64u
#define READS_PER_TICK 8u
/* An HC-SR04 without an echo holds its pin for about 38 ms (data sheet); 4 m are 23.3 ms. */
#define NO_ECHO_US 25000u

static void take_levels(struct sensors *sensors, const struct hal *hal) {
  quadrature_set(&sensors->left, hal->level(PIN_LEFT_A), hal->level(PIN_LEFT_B));
  quadrature_set(&sensors->right, hal->level(PIN_RIGHT_A), hal->level(PIN_RIGHT_B));
}

void sensors_init(struct sensors *sensors, const struct hal *hal) {
  *sensors = (struct sensors){.lost = 0};
  if (hal->answer == 0) take_levels(sensors, hal);
}

/* Microseconds of the pulse that this edge ended, -1 for the long one, 0 for none. */
static int32_t take_echo(struct echo *echo, const struct edge *edge) {
  bool ended = echo->high && !edge->level;
  uint64_t us = (edge->time_ns - echo->rose_ns) / 1000u;
  echo->high = edge->level;
  if (edge->level) echo->rose_ns = edge->time_ns;
  if (!ended) return 0;
  if (us > NO_ECHO_US) return -1;
  return us == 0 ? 1 : (int32_t)us;
}

static void take_edge(struct sensors *sensors, const struct edge *edge, struct inputs *inputs) {
  struct quadrature *left = &sensors->left;
  struct quadrature *right = &sensors->right;
  switch (edge->pin) {
    case PIN_LEFT_A:
      quadrature_step(left, edge->level, left->b);
      break;
    case PIN_LEFT_B:
      quadrature_step(left, left->a, edge->level);
      break;
    case PIN_RIGHT_A:
      quadrature_step(right, edge->level, right->b);
      break;
    case PIN_RIGHT_B:
      quadrature_step(right, right->a, edge->level);
      break;
    case PIN_ECHO_FRONT:
    case PIN_ECHO_LEFT:
    case PIN_ECHO_RIGHT: {
      uint32_t index = edge->pin - PIN_ECHO_FRONT;
      int32_t us = take_echo(&sensors->echoes[index], edge);
      if (us != 0) inputs->echo_us[index] = us;
      break;
    }
    default:
      break;
  }
}

static bool pressed(const struct hal *hal, const struct pins *pins, uint32_t pin) {
  return pins->line[pin] != NO_LINE && !hal->level(pin);
}

bool sensors_read(struct sensors *sensors, const struct hal *hal, const struct pins *pins,
                  uint32_t battery_mv, struct inputs *inputs) {
  struct edge edges[EDGES_PER_READ];
  if (hal->answer != 0) return hal->answer(inputs);
  for (uint32_t i = 0; i < SONARS; i++) inputs->echo_us[i] = 0;
  for (uint32_t reads = 0; reads < READS_PER_TICK; reads++) {
    uint32_t count = hal->edges(edges, EDGES_PER_READ);
    sensors->edges += count;
    for (uint32_t i = 0; i < count; i++) take_edge(sensors, &edges[i], inputs);
    if (count < EDGES_PER_READ) break;
  }
  if (hal->lost_edges() != sensors->lost) {
    sensors->lost = hal->lost_edges();
    take_levels(sensors, hal);
  }
  inputs->left_counts = sensors->left.counts;
  inputs->right_counts = sensors->right.counts;
  inputs->gyro_radps = 0.0f;
  /* Pulled up: a closed e-stop contact is low, a pressed bumper is low, a cut wire is high. */
  inputs->estop_open = hal->level(PIN_ESTOP);
  inputs->bumper_left = pressed(hal, pins, PIN_BUMPER_LEFT);
  inputs->bumper_right = pressed(hal, pins, PIN_BUMPER_RIGHT);
  inputs->battery_mv = (uint16_t)(battery_mv > 0xffffu ? 0u : battery_mv);
  return true;
}
