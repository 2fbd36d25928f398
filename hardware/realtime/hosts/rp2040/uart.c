#include "uart.h"

#include "clocks.h"
#include "interrupts.h"
#include "registers.h"

#define BAUD 921600u
#define RX_BYTES 1024u
#define TX_BYTES 4096u
/* 4.2.7.1: the divisor in 64ths, rounded. */
#define DIVISOR ((SYS_HZ * 4u + BAUD / 2u) / BAUD)

static uint8_t rx[RX_BYTES];
static volatile uint32_t rx_head;
static volatile uint32_t rx_tail;
static uint8_t tx[TX_BYTES];
static volatile uint32_t tx_head;
static volatile uint32_t tx_tail;

void uart_init(void) {
  REG(UART0_IBRD) = DIVISOR >> 6;
  REG(UART0_FBRD) = DIVISOR & 63u;
  REG(UART0_LCR_H) = UART_LCR_8_BITS | UART_LCR_FIFO;
  /* Interrupts at a quarter of 32 received, and when no more than a quarter waits to be sent. */
  REG(UART0_IFLS) = 1u << 3 | 1u;
  REG(UART0_CR) = UART_CR_ENABLE | UART_CR_TX | UART_CR_RX;
  REG(UART0_IMSC) = UART_INT_RX | UART_INT_RX_TIMEOUT;
}

static void pump(void) {
  while (tx_tail != tx_head && (REG(UART0_FR) & UART_FR_TXFF) == 0) {
    REG(UART0_DR) = tx[tx_tail % TX_BYTES];
    tx_tail++;
  }
  /* The interrupt comes only when the FIFO empties past its mark, so it is on while bytes wait. */
  uint32_t receiving = UART_INT_RX | UART_INT_RX_TIMEOUT;
  REG(UART0_IMSC) = tx_tail == tx_head ? receiving : receiving | UART_INT_TX;
}

/* The lowest priority: 32 bytes of FIFO are 350 us, far more than a tick takes. */
void irq_uart0(void) {
  REG(UART0_ICR) = UART_INT_RX | UART_INT_RX_TIMEOUT | UART_INT_TX;
  while ((REG(UART0_FR) & UART_FR_RXFE) == 0) {
    uint8_t byte = (uint8_t)REG(UART0_DR);
    /* A lost byte spoils its frame, which the core counts. */
    if (rx_head - rx_tail >= RX_BYTES) continue;
    rx[rx_head % RX_BYTES] = byte;
    rx_head++;
  }
  interrupts_off();
  pump();
  interrupts_on();
}

bool uart_take(uint8_t *byte) {
  if (rx_tail == rx_head) return false;
  *byte = rx[rx_tail % RX_BYTES];
  rx_tail++;
  return true;
}

bool uart_has_room(uint32_t length) { return length <= TX_BYTES - (tx_head - tx_tail); }

void uart_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) tx[(tx_head + i) % TX_BYTES] = bytes[i];
  tx_head += length;
  interrupts_off();
  pump();
  interrupts_on();
}
