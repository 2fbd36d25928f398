@ a / b. About 80 cycles with the integer divider of the SIO block (datasheet 2.3.1.5), eight bits
@ of quotient at a time. The divider has no owner: of all interrupts only the tick divides, and the
@ code that it interrupts does not (in HIL mode it is the other way round).
@ A quotient of two 24-bit numbers is never half way between two others, so one bit rounds it.
  .syntax unified
  .cpu cortex-m0plus
  .thumb
  .section .text.float_div, "ax"

  .equ DIVIDER, 0xd0000060
  .equ DIVIDEND, 0x0
  .equ DIVISOR, 0x4
  .equ QUOTIENT, 0x10
  .equ REMAINDER, 0x14

@ It takes 8 cycles; each branch takes two.
.macro wait_for_divider
  b . + 2
  b . + 2
  b . + 2
  b . + 2
.endm

  .global __aeabi_fdiv
  .thumb_func
__aeabi_fdiv:
  lsls r2, r0, #1
  lsrs r2, r2, #24
  beq slow
  lsls r3, r1, #1
  lsrs r3, r3, #24
  beq slow
  cmp r2, #255
  beq slow
  cmp r3, #255
  beq slow
  subs r2, r2, r3
  adds r2, #125                 @ exponent of the quotient, less two
  cmp r2, #252
  bhi slow
  movs r3, r0
  eors r3, r1
  lsrs r3, r3, #31
  lsls r3, r3, #8
  orrs r2, r3                   @ with its sign
  mov ip, r4
  movs r3, #1
  lsls r3, r3, #31
  lsls r0, r0, #8
  orrs r0, r3
  lsrs r0, r0, #8
  lsls r1, r1, #8
  orrs r1, r3
  lsrs r1, r1, #8
  ldr r3, =DIVIDER
  str r1, [r3, #DIVISOR]
  adds r2, #2
  cmp r0, r1
  bhs 1f
  adds r0, r0, r0
  subs r2, #1
1:
  subs r0, r0, r1               @ the leading one of the quotient
  lsls r0, r0, #8
  str r0, [r3, #DIVIDEND]
  wait_for_divider
  ldr r0, [r3, #REMAINDER]
  ldr r1, [r3, #QUOTIENT]
  lsls r0, r0, #8
  str r0, [r3, #DIVIDEND]
  lsls r1, r1, #8
  wait_for_divider
  ldr r0, [r3, #REMAINDER]
  ldr r4, [r3, #QUOTIENT]
  lsls r0, r0, #8
  str r0, [r3, #DIVIDEND]
  orrs r1, r4
  lsls r1, r1, #8
  wait_for_divider
  ldr r0, [r3, #QUOTIENT]
  orrs r0, r1                   @ 24 bits below the leading one
  mov r4, ip
  lsls r2, r2, #23
  lsrs r0, r0, #1
  adcs r0, r2
  bx lr
slow:
  ldr r3, =float_slow_div
  bx r3
  .ltorg
