/** Characters of an invoice that is read at all: what one QR code can hold (ISO 18004, 40-L). */
export const maxInvoiceLength = 7089;
/** 5-bit groups of `x` and `c`: 50 bits, so that times stay exact in a number. */
export const maxNumberGroups = 10;
