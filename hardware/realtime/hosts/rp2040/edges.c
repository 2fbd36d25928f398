#include "edges.h"

#include "interrupts.h"
#include "pins.h"
#include "registers.h"

#define TRIGGER_US 12u
/* HC-SR04: 4 m are 23.3 ms; without an echo the pulse lasts about 38 ms. */
#define ECHO_LONGEST_US 30000u
/* No pulse of the part is this long: the line was stuck or cut meanwhile. */
#define PULSE_LONGEST_US 50000u
#define BOTH_EDGES (GPIO_EDGE_LOW | GPIO_EDGE_HIGH)

struct encoder {
  uint32_t state;
  int32_t counts;
};

struct echo {
  uint32_t rose_us;
  bool up;
  int32_t ended_us;
};

static struct encoder left;
static struct encoder right;
static struct echo echoes[SONARS];

/* Old state (two bits) and new state to a count; two bits at once are a lost edge: no count. */
static const int8_t quarter[16] = {0, 1, -1, 0, -1, 0, 0, 1, 1, 0, 0, -1, 0, -1, 1, 0};

static uint32_t encoder_state(uint32_t pins, uint32_t pin) { return pins >> pin & 3u; }

static void listen_to(uint32_t pin) {
  REG(GPIO_INTR(pin / 8u)) = BOTH_EDGES << 4u * (pin % 8u);
  REG_SET(GPIO_INTE(pin / 8u)) = BOTH_EDGES << 4u * (pin % 8u);
}

void edges_init(void) {
  uint32_t pins = pins_read();
  left.state = encoder_state(pins, PIN_LEFT_ENCODER);
  right.state = encoder_state(pins, PIN_RIGHT_ENCODER);
  for (uint32_t i = 0; i < 2; i++) {
    listen_to(PIN_LEFT_ENCODER + i);
    listen_to(PIN_RIGHT_ENCODER + i);
  }
  for (uint32_t i = 0; i < SONARS; i++) listen_to(PIN_SONAR_ECHO(i));
}

static void turn(struct encoder *encoder, uint32_t state) {
  encoder->counts += quarter[encoder->state << 2 | state];
  encoder->state = state;
}

static void hear(struct echo *echo, uint32_t edges, uint32_t now_us) {
  /* Both at once are a pulse shorter than this interrupt's delay. */
  if ((edges & GPIO_EDGE_HIGH) != 0) {
    echo->rose_us = now_us;
    echo->up = true;
  }
  if ((edges & GPIO_EDGE_LOW) == 0 || !echo->up) return;
  uint32_t width = now_us - echo->rose_us;
  echo->up = false;
  if (width > PULSE_LONGEST_US) return;
  echo->ended_us = width > ECHO_LONGEST_US ? -1 : width == 0 ? 1 : (int32_t)width;
}

/* The highest priority: the time of an edge is its measurement. */
void irq_io_bank0(void) {
  uint32_t now_us = REG(TIMER_RAWL);
  uint32_t low = REG(GPIO_INTS(1));
  uint32_t high = REG(GPIO_INTS(2));
  REG(GPIO_INTR(1)) = low;
  REG(GPIO_INTR(2)) = high;
  uint32_t pins = pins_read();
  turn(&left, encoder_state(pins, PIN_LEFT_ENCODER));
  turn(&right, encoder_state(pins, PIN_RIGHT_ENCODER));
  for (uint32_t i = 0; i < SONARS; i++) {
    uint32_t pin = PIN_SONAR_ECHO(i);
    uint32_t edges = (pin < 16u ? low : high) >> 4u * (pin % 8u) & BOTH_EDGES;
    if (edges != 0) hear(&echoes[i], edges, now_us);
  }
}

int32_t edges_left(void) { return *(volatile int32_t *)&left.counts; }

int32_t edges_right(void) { return *(volatile int32_t *)&right.counts; }

int32_t edges_echo(uint32_t sonar) {
  interrupts_off();
  int32_t ended_us = echoes[sonar].ended_us;
  echoes[sonar].ended_us = 0;
  interrupts_on();
  return ended_us;
}

void edges_trigger(uint32_t sonar) {
  REG(SIO_GPIO_SET) = 1u << PIN_SONAR_TRIGGER(sonar);
  REG(TIMER_ALARM(1)) = REG(TIMER_RAWL) + TRIGGER_US;
}

void irq_timer_1(void) {
  REG(TIMER_INTR) = 1u << 1;
  for (uint32_t i = 0; i < SONARS; i++) REG(SIO_GPIO_CLEAR) = 1u << PIN_SONAR_TRIGGER(i);
}
