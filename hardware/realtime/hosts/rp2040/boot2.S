@ The second stage (datasheet 2.8.1.3): the boot ROM copies these 256 bytes to RAM, checks their
@ CRC-32 (scripts/build-rp2040.ts writes it) and runs them. They make flash readable with the plain
@ 03h read, which every SPI flash knows, and go to the reset code behind them.
  .syntax unified
  .cpu cortex-m0plus
  .thumb

  .equ SSI, 0x18000000          @ 4.10.13
  .equ SSI_CTRLR0, 0x00
  .equ SSI_CTRLR1, 0x04
  .equ SSI_SSIENR, 0x08
  .equ SSI_BAUDR, 0x14
  .equ SSI_SPI_CTRLR0, 0xf4
  .equ DIVIDER, 4               @ 31 MHz of the 50 MHz that 03h allows

  .section .boot2, "ax"
  .thumb_func
boot2:
  ldr r3, =SSI
  movs r1, #0
  str r1, [r3, #SSI_SSIENR]
  movs r1, #DIVIDER
  str r1, [r3, #SSI_BAUDR]
  ldr r1, =(31 << 16) | (3 << 8)              @ 32 bits a frame, EEPROM read
  str r1, [r3, #SSI_CTRLR0]
  ldr r1, =(0x03 << 24) | (2 << 8) | (6 << 2) @ command 03h, 8 bits; address 24 bits; one lane
  movs r0, #SSI_SPI_CTRLR0
  str r1, [r3, r0]
  movs r1, #0
  str r1, [r3, #SSI_CTRLR1]
  movs r1, #1
  str r1, [r3, #SSI_SSIENR]
  ldr r0, =entry
  ldmia r0, {r0, r1}
  msr msp, r0
  bx r1
  .ltorg

  .section .entry, "ax"
  .global entry
entry:
  .word __stack_top
  .word reset

@ The whole image runs from RAM: then a tick takes the same time whatever the flash cache holds.
  .thumb_func
reset:
  cpsid i
  ldr r0, =__image_load
  ldr r1, =__image_start
  ldr r2, =__image_end
1:
  ldmia r0!, {r3}
  stmia r1!, {r3}
  cmp r1, r2
  blo 1b
  ldr r1, =__bss_start
  ldr r2, =__bss_end
  movs r3, #0
2:
  stmia r1!, {r3}
  cmp r1, r2
  blo 2b
  ldr r0, =0xe000ed08           @ VTOR
  ldr r1, =__image_start
  str r1, [r0]
  ldr r0, =main
  bx r0
  .ltorg
