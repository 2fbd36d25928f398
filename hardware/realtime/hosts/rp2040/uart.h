/* UART0 at 921600 8N1 with a ring in each direction. */
#ifndef UART_H
#define UART_H
#include <stdbool.h>
#include <stdint.h>

void uart_init(void);
/* Takes the oldest received byte; false when there is none. */
bool uart_take(uint8_t *byte);
bool uart_has_room(uint32_t length);
/* Queues bytes that have room. */
void uart_send(const uint8_t *bytes, uint32_t length);

#endif
