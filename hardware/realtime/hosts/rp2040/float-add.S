@ a + b and a - b (run-time ABI for the Arm architecture, 4.1.2). About 45 cycles; zeros, tiny and
@ huge values go to float_slow_add.
  .syntax unified
  .cpu cortex-m0plus
  .thumb
  .section .text.float_add, "ax"

  .global __aeabi_fsub
  .thumb_func
__aeabi_fsub:
  movs r2, #1
  lsls r2, r2, #31
  eors r1, r2

  .global __aeabi_fadd
  .thumb_func
__aeabi_fadd:
  lsls r2, r0, #1
  lsls r3, r1, #1
  cmp r2, r3
  bhs 1f
  eors r0, r1
  eors r1, r0
  eors r0, r1
  lsls r2, r0, #1
  lsls r3, r1, #1
1:                              @ |a| >= |b|
  lsrs r2, r2, #24
  cmp r2, #254
  bhs slow
  lsrs r3, r3, #24
  beq tiny
  subs r3, r2, r3               @ places by which b stands lower
  cmp r3, #25
  bhi same                      @ less than half of a's last place
  mov ip, r4
  movs r4, r0
  eors r4, r1
  bmi subtract

  lsrs r2, r0, #23              @ sign and exponent
  movs r4, #1
  lsls r4, r4, #31
  lsls r0, r0, #8
  orrs r0, r4
  lsls r1, r1, #8
  orrs r1, r4
  movs r4, r1
  lsrs r1, r3
  cmp r3, #8
  bls 2f
  negs r3, r3                   @ bits that fell out below make the last one sticky
  adds r3, #32
  lsls r4, r3
  beq 2f
  movs r4, #1
  orrs r1, r4
2:
  adds r0, r0, r1
  bcc round
  movs r1, #1                   @ the leading one fell out above: it counts the exponent up
  ands r1, r0
  lsrs r0, r0, #1
  orrs r0, r1
  adds r2, #1
  b pack
round:
  subs r2, #1                   @ the leading one counts it up again
pack:
  lsls r2, r2, #23
  lsls r1, r0, #24
  lsrs r0, r0, #8
  adcs r0, r2
  lsls r1, r1, #1
  beq 4f
3:
  mov r4, ip
  bx lr
4:
  bcc 3b
  lsrs r0, r0, #1               @ exactly half: to even
  lsls r0, r0, #1
  mov r4, ip
  bx lr
same:
  bx lr
tiny:
  lsls r3, r1, #1
  bne slow
  lsls r3, r0, #1
  beq 1f
  cmp r2, #0
  beq slow
  bx lr
1:                              @ two zeros: negative only when both are
  ands r0, r1
  bx lr

subtract:
  cmp r2, #32                   @ the difference might be denormal
  blo slow_restoring
  lsrs r2, r0, #23
  movs r4, #1
  lsls r4, r4, #31
  lsls r0, r0, #8
  orrs r0, r4
  lsls r1, r1, #8
  orrs r1, r4
  movs r4, r1
  lsrs r1, r3
  cmp r3, #8
  bls 5f
  negs r3, r3
  adds r3, #32
  lsls r4, r3
  beq 5f
  movs r4, #1
  orrs r1, r4
5:
  subs r0, r0, r1
  bmi round
  beq 3b
  lsrs r1, r0, #16
  bne 6f
  lsls r0, r0, #16
  subs r2, #16
6:
  lsrs r1, r0, #24
  bne 7f
  lsls r0, r0, #8
  subs r2, #8
7:
  lsrs r1, r0, #28
  bne 8f
  lsls r0, r0, #4
  subs r2, #4
8:
  tst r0, r0
  bmi round
9:
  subs r2, #1
  lsls r0, r0, #1
  bpl 9b
  b round

slow_restoring:
  mov r4, ip
slow:
  ldr r3, =float_slow_add
  bx r3
  .ltorg
