/* The RP2040's registers that this image uses; section numbers are those of its datasheet. */
#ifndef REGISTERS_H
#define REGISTERS_H
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))
/* 2.1.2: writes to these aliases set or clear single bits in one bus cycle. */
#define REG_SET(address) REG((address) + 0x2000u)
#define REG_CLEAR(address) REG((address) + 0x3000u)

/* 2.14 */
#define RESETS_RESET 0x4000c000u
#define RESETS_DONE 0x4000c008u
#define RESET_ADC (1u << 0)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_SYS (1u << 12)
#define RESET_PLL_USB (1u << 13)
#define RESET_PWM (1u << 14)
#define RESET_TIMER (1u << 21)
#define RESET_UART0 (1u << 22)

/* 2.13: power-on state machine; what the watchdog resets. */
#define PSM_WDSEL 0x40010008u
#define PSM_ALL 0x1ffffu
#define PSM_ROSC (1u << 0)
#define PSM_XOSC (1u << 1)

/* 2.16 */
#define XOSC_CTRL 0x40024000u
#define XOSC_STATUS 0x40024004u
#define XOSC_STARTUP 0x4002400cu
#define XOSC_1_TO_15_MHZ 0xaa0u
#define XOSC_ENABLE (0xfabu << 12)
#define XOSC_STABLE (1u << 31)

/* 2.18: offsets from a PLL's base. */
#define PLL_SYS 0x40028000u
#define PLL_USB 0x4002c000u
#define PLL_CS 0x0u
#define PLL_PWR 0x4u
#define PLL_FBDIV 0x8u
#define PLL_PRIM 0xcu
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)

/* 2.15 */
#define CLK_REF_CTRL 0x40008030u
#define CLK_REF_SELECTED 0x40008038u
#define CLK_SYS_CTRL 0x4000803cu
#define CLK_SYS_SELECTED 0x40008044u
#define CLK_PERI_CTRL 0x40008048u
#define CLK_ADC_CTRL 0x40008060u
#define CLK_REF_FROM_XOSC 2u
#define CLK_SYS_FROM_AUX 1u
#define CLK_ENABLE (1u << 11)

/* 2.19.6: function and interrupts of the pins, pads. */
#define GPIO_CTRL(pin) (0x40014004u + 8u * (pin))
#define GPIO_INTR(group) (0x400140f0u + 4u * (group))
#define GPIO_INTE(group) (0x40014100u + 4u * (group))
#define GPIO_INTS(group) (0x40014120u + 4u * (group))
#define GPIO_FUNCTION_UART 2u
#define GPIO_FUNCTION_PWM 4u
#define GPIO_FUNCTION_SIO 5u
#define GPIO_FUNCTION_NONE 31u
#define GPIO_EDGE_LOW 4u
#define GPIO_EDGE_HIGH 8u
#define PAD(pin) (0x4001c004u + 4u * (pin))
#define PAD_SCHMITT (1u << 1)
#define PAD_PULL_DOWN (1u << 2)
#define PAD_PULL_UP (1u << 3)
#define PAD_4_MA (1u << 4)
#define PAD_INPUT (1u << 6)

/* 2.3.1.7 */
#define SIO_GPIO_IN 0xd0000004u
#define SIO_GPIO_SET 0xd0000014u
#define SIO_GPIO_CLEAR 0xd0000018u
#define SIO_GPIO_OE_SET 0xd0000024u

/* 4.2 */
#define UART0_DR 0x40034000u
#define UART0_FR 0x40034018u
#define UART0_IBRD 0x40034024u
#define UART0_FBRD 0x40034028u
#define UART0_LCR_H 0x4003402cu
#define UART0_CR 0x40034030u
#define UART0_IFLS 0x40034034u
#define UART0_IMSC 0x40034038u
#define UART0_ICR 0x40034044u
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_LCR_FIFO (1u << 4)
#define UART_LCR_8_BITS (3u << 5)
#define UART_CR_ENABLE (1u << 0)
#define UART_CR_TX (1u << 8)
#define UART_CR_RX (1u << 9)
#define UART_INT_RX (1u << 4)
#define UART_INT_TX (1u << 5)
#define UART_INT_RX_TIMEOUT (1u << 6)

/* 4.5: offsets from a slice's base. */
#define PWM_SLICE(slice) (0x40050000u + 0x14u * (slice))
#define PWM_CSR 0x0u
#define PWM_DIV 0x4u
#define PWM_CC 0xcu
#define PWM_TOP 0x10u

/* 4.6 */
#define TIMER_ALARM(index) (0x40054010u + 4u * (index))
#define TIMER_RAWL 0x40054028u
#define TIMER_INTR 0x40054034u
#define TIMER_INTE 0x40054038u

/* 4.7 */
#define WATCHDOG_CTRL 0x40058000u
#define WATCHDOG_LOAD 0x40058004u
#define WATCHDOG_TICK 0x4005802cu
#define WATCHDOG_ENABLE (1u << 30)
#define WATCHDOG_TICK_ENABLE (1u << 9)

/* 4.9 */
#define ADC_CS 0x4004c000u
#define ADC_RESULT 0x4004c004u
#define ADC_CS_EN (1u << 0)
#define ADC_CS_START_ONE (1u << 2)
#define ADC_CS_READY (1u << 8)

/* 2.3.2: interrupt numbers; 2.4.8: the interrupt controller. */
#define IRQ_TIMER_0 0u
#define IRQ_TIMER_1 1u
#define IRQ_IO_BANK0 13u
#define IRQ_UART0 20u
#define NVIC_ISER 0xe000e100u
#define NVIC_ICER 0xe000e180u
#define NVIC_IPR(irq) (0xe000e400u + ((irq) & ~3u))
#define SCB_VTOR 0xe000ed08u

#endif
