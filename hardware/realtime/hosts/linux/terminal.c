#define _GNU_SOURCE
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static speed_t speed_of(uint32_t baud) {
  static const struct {
    uint32_t baud;
    speed_t speed;
  } known[] = {{9600, B9600},     {57600, B57600},   {115200, B115200}, {230400, B230400},
               {460800, B460800}, {921600, B921600}, {1000000, B1000000}};
  for (uint32_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (known[i].baud == baud) return known[i].speed;
  }
  return B0;
}

static int make_raw(int file, speed_t speed) {
  struct termios settings;
  if (tcgetattr(file, &settings) != 0) return -1;
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (speed != B0 && cfsetspeed(&settings, speed) != 0) return -1;
  return tcsetattr(file, TCSANOW, &settings);
}

static int close_with_error(int file) {
  int why = errno;
  if (file >= 0) close(file);
  errno = why;
  return -1;
}

int terminal_create(const char *link, int *other_end) {
  char name[64];
  int file = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 || grantpt(file) != 0 || unlockpt(file) != 0) return close_with_error(file);
  if (ptsname_r(file, name, sizeof name) != 0) return close_with_error(file);
  *other_end = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*other_end < 0 || make_raw(*other_end, B115200) != 0) return close_with_error(file);
  (void)unlink(link);
  if (symlink(name, link) != 0) return close_with_error(file);
  return file;
}

int terminal_open(const char *path, uint32_t baud) {
  speed_t speed = speed_of(baud);
  if (speed == B0) {
    errno = EINVAL;
    return -1;
  }
  int file = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 || make_raw(file, speed) != 0) return close_with_error(file);
  (void)ioctl(file, TIOCEXCL);
  (void)tcflush(file, TCIOFLUSH);
  return file;
}
