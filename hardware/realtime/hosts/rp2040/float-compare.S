@ Comparisons: 1 or 0; with a NaN always 0, but fcmpun. Sizes compare like whole numbers.
  .syntax unified
  .cpu cortex-m0plus
  .thumb
  .section .text.float_compare, "ax"

  .global __aeabi_fcmpgt
  .thumb_func
__aeabi_fcmpgt:
  movs r2, r0
  movs r0, r1
  movs r1, r2

  .global __aeabi_fcmplt
  .thumb_func
__aeabi_fcmplt:
  movs r3, #255
  lsls r3, r3, #23              @ infinity
  movs r2, r0
  orrs r2, r1
  bmi 1f
  cmp r1, r3                    @ neither is negative; a NaN in a is above every number in b
  bhi false
  subs r0, r0, r1
  lsrs r0, r0, #31
  bx lr
1:
  movs r2, r0
  ands r2, r1
  bmi 2f
  tst r0, r0
  bpl false                     @ a is not negative, b is
  cmp r1, r3
  bhi false
  lsls r0, r0, #1
  lsls r3, r3, #1
  cmp r0, r3
  bhi false
  orrs r0, r1                   @ -0 is not less than 0
  bne true
  bx lr
2:                              @ both are negative
  lsls r2, r0, #1
  lsls r3, r3, #1
  cmp r2, r3
  bhi false
  cmp r0, r1
  bhi true
false:
  movs r0, #0
  bx lr
true:
  movs r0, #1
  bx lr

  .global __aeabi_fcmpge
  .thumb_func
__aeabi_fcmpge:
  movs r2, r0
  movs r0, r1
  movs r1, r2

  .global __aeabi_fcmple
  .thumb_func
__aeabi_fcmple:
  movs r3, #255
  lsls r3, r3, #23
  movs r2, r0
  orrs r2, r1
  bmi 1f
  cmp r1, r3
  bhi false
  cmp r0, r1
  bls true
  b false
1:
  lsls r3, r3, #1
  movs r2, r0
  ands r2, r1
  bmi 2f
  lsls r2, r0, #1
  cmp r2, r3
  bhi false
  lsls r2, r1, #1
  cmp r2, r3
  bhi false
  tst r0, r0
  bmi true
  lsls r0, r0, #1               @ b is negative: only two zeros are left
  orrs r0, r2
  beq true
  b false
2:
  lsls r2, r0, #1
  cmp r2, r3
  bhi false
  cmp r0, r1
  bhs true
  b false

  .global __aeabi_fcmpeq
  .thumb_func
__aeabi_fcmpeq:
  lsls r2, r0, #1
  lsls r3, r1, #1
  cmp r0, r1
  bne 1f
  lsrs r2, r2, #24              @ equal bits: a NaN is not even equal to itself
  cmp r2, #255
  bne true
  lsls r0, r0, #9
  beq true
  b false
1:
  orrs r2, r3
  beq true
  b false

  .global __aeabi_fcmpun
  .thumb_func
__aeabi_fcmpun:
  movs r3, #255
  lsls r3, r3, #24
  lsls r0, r0, #1
  cmp r0, r3
  bhi true
  lsls r1, r1, #1
  cmp r1, r3
  bhi true
  b false
