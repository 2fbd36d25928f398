/* The compiler may call these for struct copies, also without a C library. */
#include <stdint.h>

void *memcpy(void *to, const void *from, unsigned int bytes);
void *memset(void *to, int value, unsigned int bytes);

void *memcpy(void *to, const void *from, unsigned int bytes) {
  uint8_t *target = to;
  const uint8_t *source = from;
  for (unsigned int i = 0; i < bytes; i++) target[i] = source[i];
  return to;
}

void *memset(void *to, int value, unsigned int bytes) {
  uint8_t *target = to;
  for (unsigned int i = 0; i < bytes; i++) target[i] = (uint8_t)value;
  return to;
}
