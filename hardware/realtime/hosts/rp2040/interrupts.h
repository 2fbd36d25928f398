/* Interrupts by priority: edges and the trigger's end, then the tick, then the UART. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H
#include <stdint.h>

static inline void interrupts_off(void) { __asm volatile("cpsid i" ::: "memory"); }
static inline void interrupts_on(void) { __asm volatile("cpsie i" ::: "memory"); }
static inline void interrupts_wait(void) { __asm volatile("wfi" ::: "memory"); }

/* Priority 0 (first) to 3. */
void interrupts_enable(uint32_t irq, uint32_t priority);
/* Holds one interrupt back while thread code uses what its handler uses. */
void interrupts_mask(uint32_t irq);
void interrupts_unmask(uint32_t irq);

/* The handlers, each beside what it serves; vectors.c lists them. */
void irq_timer_0(void);
void irq_timer_1(void);
void irq_io_bank0(void);
void irq_uart0(void);

#endif
