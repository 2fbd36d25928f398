@ a * b. About 50 cycles: the multiplier gives 32 bits, so four products of 16 and 8 bits make one.
  .syntax unified
  .cpu cortex-m0plus
  .thumb
  .section .text.float_mul, "ax"

  .global __aeabi_fmul
  .thumb_func
__aeabi_fmul:
  lsls r2, r0, #1
  lsrs r2, r2, #24
  beq zero_or_tiny
  lsls r3, r1, #1
  lsrs r3, r3, #24
  beq zero_or_tiny
  cmp r2, #255
  beq slow
  cmp r3, #255
  beq slow
  adds r2, r2, r3
  subs r2, #128                 @ exponent of the product, less one
  cmp r2, #252
  bhi slow
  movs r3, r0
  eors r3, r1
  lsrs r3, r3, #31
  lsls r3, r3, #8
  adds r3, #1
  adds r2, r2, r3               @ sign and exponent, as if the product were 2 or more
  mov ip, r4
  push {r5}
  lsls r0, r0, #8
  lsls r1, r1, #8
  movs r3, #1
  lsls r3, r3, #31
  orrs r0, r3
  orrs r1, r3
  uxth r3, r0
  lsrs r3, r3, #8               @ a's low 8 bits
  lsrs r0, r0, #16              @ a's high 16
  uxth r4, r1
  lsrs r4, r4, #8
  lsrs r1, r1, #16
  movs r5, r3
  muls r5, r4                   @ low * low
  muls r3, r1
  muls r4, r0
  muls r0, r1                   @ high * high
  adds r3, r3, r4               @ the middle, 25 bits
  lsrs r4, r5, #8
  adds r3, r3, r4
  lsrs r1, r3, #8
  adds r0, r0, r1               @ the upper 32 of 48 bits
  orrs r3, r5                   @ and whether any of the lower 16 is set: then half is no tie
  pop {r5}
  mov r4, ip
  lsls r3, r3, #24
  beq 3f
  tst r0, r0
  bmi 2f
  subs r2, #1
  lsls r2, r2, #23
  lsrs r0, r0, #7
  adcs r0, r2
  bx lr
2:
  lsls r2, r2, #23
  lsrs r0, r0, #8
  adcs r0, r2
  bx lr
3:
  tst r0, r0
  bmi 4f
  lsls r0, r0, #1
  subs r2, #1
4:
  lsls r2, r2, #23
  lsls r1, r0, #24
  lsrs r0, r0, #8
  adcs r0, r2
  lsls r1, r1, #1
  bne 5f
  bcc 5f
  lsrs r0, r0, #1               @ exactly half: to even
  lsls r0, r0, #1
5:
  bx lr

zero_or_tiny:                   @ 0 * b is 0 for every finite b
  lsls r2, r0, #1
  beq a_zero
  lsls r3, r1, #1
  bne slow
  lsrs r2, r2, #24
  cmp r2, #255
  beq slow
  b signed_zero
a_zero:
  lsls r3, r1, #1
  lsrs r3, r3, #24
  cmp r3, #255
  beq slow
signed_zero:
  eors r0, r1
  lsrs r0, r0, #31
  lsls r0, r0, #31
  bx lr
slow:
  ldr r3, =float_slow_mul
  bx r3
  .ltorg
