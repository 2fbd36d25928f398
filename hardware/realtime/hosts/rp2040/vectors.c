#include "interrupts.h"

#include "registers.h"

#define VECTORS (16u + 26u)

/* A fault leaves the tick dead, and the watchdog ends that. */
static void hang(void) {
  interrupts_off();
  for (;;) continue;
}

/* 2.4.5: aligned to 256; entries 0 and 1 (stack and reset) are used in flash only. */
__attribute__((section(".vectors"), used)) static void (*const vectors[VECTORS])(void) = {
    [2] = hang,
    [3] = hang,
    [11] = hang,
    [14] = hang,
    [15] = hang,
    [16 + IRQ_TIMER_0] = irq_timer_0,
    [16 + IRQ_TIMER_1] = irq_timer_1,
    [16 + IRQ_IO_BANK0] = irq_io_bank0,
    [16 + IRQ_UART0] = irq_uart0,
};

void interrupts_enable(uint32_t irq, uint32_t priority) {
  uint32_t shift = 8u * (irq & 3u);
  uint32_t others = REG(NVIC_IPR(irq)) & ~(0xffu << shift);
  REG(NVIC_IPR(irq)) = others | priority << (shift + 6u);
  REG(NVIC_ISER) = 1u << irq;
}

void interrupts_mask(uint32_t irq) {
  REG(NVIC_ICER) = 1u << irq;
  /* Armv6-M 2.5: the next instruction must see it. */
  __asm volatile("dsb\n isb" ::: "memory");
}

void interrupts_unmask(uint32_t irq) {
  __asm volatile("" ::: "memory");
  REG(NVIC_ISER) = 1u << irq;
}
