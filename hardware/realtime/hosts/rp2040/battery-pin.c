#include "battery-pin.h"

#include "registers.h"

/* 3.3 V at the pin through 22 kOhm over 10 kOhm: 3.3 V * 3.2 at the battery for 4096 steps. */
#define FULL_SCALE_MV 10560u

void battery_pin_init(void) {
  REG(ADC_CS) = ADC_CS_EN;
  while ((REG(ADC_CS) & ADC_CS_READY) == 0) continue;
  REG(ADC_CS) = ADC_CS_EN | ADC_CS_START_ONE;
  while ((REG(ADC_CS) & ADC_CS_READY) == 0) continue;
}

uint16_t battery_pin_read(void) {
  uint32_t millivolts = (REG(ADC_RESULT) & 0xfffu) * FULL_SCALE_MV >> 12;
  REG(ADC_CS) = ADC_CS_EN | ADC_CS_START_ONE;
  return (uint16_t)millivolts;
}
