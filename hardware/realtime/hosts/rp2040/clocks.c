#include "clocks.h"

#include "registers.h"

#define WATCHDOG_MS 80u
/* Erratum RP2040-E1: the counter loses two per microsecond. */
#define WATCHDOG_COUNT (WATCHDOG_MS * 1000u * 2u)
#define XOSC_MHZ 12u
/* 1 ms in units of 256 crystal cycles (2.16.3). */
#define XOSC_WAIT 47u

static void wake(uint32_t blocks) {
  REG_CLEAR(RESETS_RESET) = blocks;
  while ((REG(RESETS_DONE) & blocks) != blocks) continue;
}

/* 12 MHz * feedback / (first * second); the order of steps is 2.18.3's. */
static void pll_init(uint32_t pll, uint32_t feedback, uint32_t first, uint32_t second) {
  REG(pll + PLL_CS) = 1;
  REG(pll + PLL_FBDIV) = feedback;
  REG_CLEAR(pll + PLL_PWR) = PLL_PWR_PD | PLL_PWR_VCOPD;
  while ((REG(pll + PLL_CS) & PLL_CS_LOCK) == 0) continue;
  REG(pll + PLL_PRIM) = first << 16 | second << 12;
  REG_CLEAR(pll + PLL_PWR) = PLL_PWR_POSTDIVPD;
}

void clocks_init(void) {
  REG(XOSC_STARTUP) = XOSC_WAIT;
  REG(XOSC_CTRL) = XOSC_ENABLE | XOSC_1_TO_15_MHZ;
  while ((REG(XOSC_STATUS) & XOSC_STABLE) == 0) continue;
  REG(CLK_REF_CTRL) = CLK_REF_FROM_XOSC;
  while ((REG(CLK_REF_SELECTED) & 1u << CLK_REF_FROM_XOSC) == 0) continue;
  /* The system clock must not run from a PLL while that is set up. */
  REG_CLEAR(CLK_SYS_CTRL) = CLK_SYS_FROM_AUX;
  while ((REG(CLK_SYS_SELECTED) & 1u) == 0) continue;
  wake(RESET_PLL_SYS | RESET_PLL_USB);
  pll_init(PLL_SYS, 125, 6, 2);
  pll_init(PLL_USB, 100, 5, 5);
  REG(CLK_SYS_CTRL) = CLK_SYS_FROM_AUX;
  while ((REG(CLK_SYS_SELECTED) & 1u << CLK_SYS_FROM_AUX) == 0) continue;
  REG(CLK_PERI_CTRL) = CLK_ENABLE;
  REG(CLK_ADC_CTRL) = CLK_ENABLE;
  REG(WATCHDOG_TICK) = WATCHDOG_TICK_ENABLE | XOSC_MHZ;
  wake(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_PWM | RESET_TIMER | RESET_UART0 | RESET_ADC);
}

void watchdog_start(void) {
  /* Everything but the oscillators: pins become inputs, and the enable line falls. */
  REG(PSM_WDSEL) = PSM_ALL & ~(PSM_ROSC | PSM_XOSC);
  watchdog_feed();
  /* Without its pause bits: a debugger that halts the chip stops the motors too. */
  REG(WATCHDOG_CTRL) = WATCHDOG_ENABLE;
}

void watchdog_feed(void) { REG(WATCHDOG_LOAD) = WATCHDOG_COUNT; }
