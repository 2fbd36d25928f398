/* Clocks, resets, and the watchdog that ends a core which no longer ticks. */
#ifndef CLOCKS_H
#define CLOCKS_H

#define SYS_HZ 125000000u

/* Crystal 12 MHz, system and UART 125 MHz, converter 48 MHz, timer 1 MHz; peripherals awake. */
void clocks_init(void);
/* From here on the chip resets when nobody feeds it for WATCHDOG_MS. */
void watchdog_start(void);
void watchdog_feed(void);

#endif
