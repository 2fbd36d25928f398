/* The RP2040 host: one core, ticked by a timer alarm; between two ticks the chip sleeps. */
#include "battery-pin.h"
#include "clocks.h"
#include "core.h"
#include "edges.h"
#include "interrupts.h"
#include "motors.h"
#include "pins.h"
#include "registers.h"
#include "uart.h"

#define TICK_US 1000u

static struct core core;
static struct params params;
static struct outputs outputs;
static uint32_t next_us;
static bool frame_given;

static bool pin_high(uint32_t pins, uint32_t pin) { return (pins >> pin & 1u) != 0; }

static void read_pins(struct inputs *inputs) {
  uint32_t pins = pins_read();
  inputs->left_counts = edges_left();
  inputs->right_counts = edges_right();
  /* The inertial sensor hangs on the Linux side; the core only passes this value on. */
  inputs->gyro_radps = 0.0f;
  for (uint32_t i = 0; i < SONARS; i++) inputs->echo_us[i] = edges_echo(i);
  inputs->bumper_left = !pin_high(pins, PIN_LEFT_BUMPER);
  inputs->bumper_right = !pin_high(pins, PIN_RIGHT_BUMPER);
  inputs->estop_open = pin_high(pins, PIN_ESTOP);
  inputs->battery_mv = battery_pin_read();
}

/* At most one frame a tick: what a crowded line costs must not make a tick longer. */
static void hand_over_bytes(void) {
  static bool inside;
  uint8_t byte;
  bool bench = core_in_hil(&core);
  for (uint32_t i = 0; i < RX_PER_TICK && (bench || !frame_given) && uart_take(&byte); i++) {
    core_receive(&core, byte);
    if (byte == 0 && inside) frame_given = true;
    inside = byte != 0;
  }
}

/*
 * In thread code: bytes to the core, the rest of its tick, its words to the line. The tick's
 * interrupt waits meanwhile; the one after a tick takes longest, and the next is 1 ms away.
 */
static void serve_link(void) {
  static uint8_t sending[TX_RING];
  interrupts_mask(IRQ_TIMER_0);
  hand_over_bytes();
  core_settle(&core);
  core_poll(&core);
  uint32_t length = uart_has_room(TX_RING) ? core_transmit(&core, sending) : 0;
  interrupts_unmask(IRQ_TIMER_0);
  if (length > 0) uart_send(sending, length);
}

static void tick(void) {
  struct inputs inputs;
  frame_given = false;
  read_pins(&inputs);
  core_tick(&core, &inputs, &outputs);
  motors_write(outputs.left_duty, outputs.right_duty, outputs.enable);
  if (outputs.trigger_sonar >= 0) edges_trigger((uint32_t)outputs.trigger_sonar);
  accessories_write(outputs.accessory[0], outputs.accessory[1]);
}

static void aim(void) {
  next_us += TICK_US;
  REG(TIMER_ALARM(0)) = next_us;
  /* An alarm in the past would come after 71 minutes; the watchdog counts on us being in time. */
  if ((int32_t)(next_us - REG(TIMER_RAWL)) > 0) return;
  next_us = REG(TIMER_RAWL) + TICK_US;
  REG(TIMER_ALARM(0)) = next_us;
}

void irq_timer_0(void) {
  REG(TIMER_INTR) = 1u << 0;
  aim();
  /* In HIL mode step frames tick the core, and its pins are off for good: see main. */
  if (!core_in_hil(&core)) tick();
  watchdog_feed();
#ifdef PLANT_BLOCK_TICK
  /* A planted fault: the motors turn, and the tick never ends. */
  while (outputs.left_duty > 0.1f) continue;
#endif
}

int main(void);
int main(void) {
  clocks_init();
  pins_init();
  motors_init();
  edges_init();
  battery_pin_init();
  uart_init();
  params_defaults(&params);
  core_init(&core, &params, TIER_HARD, CORE_BUILD, 0);
  interrupts_enable(IRQ_IO_BANK0, 0);
  interrupts_enable(IRQ_TIMER_1, 0);
  interrupts_enable(IRQ_TIMER_0, 1);
  interrupts_enable(IRQ_UART0, 2);
  REG(TIMER_INTE) = 3;
  next_us = REG(TIMER_RAWL);
  aim();
  watchdog_start();
  interrupts_on();
  for (;;) {
    interrupts_wait();
    serve_link();
  }
}
