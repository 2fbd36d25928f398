/* A kernel that is not there, for the border of hal-gpio.c: preloaded into rtd, it plays one GPIO
   chip and lets /sys lead into a folder. TIMMY_SHIM names the folder:
     lines   one byte a line: its level; from 64 on, the flags of its request (u64 each)
     edges   a fifo of struct gpio_v2_line_event
     sys/    what stands for /sys */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#define LINES 64u
#define REQUESTS 8u

struct request {
  int file;
  unsigned count;
  unsigned offsets[GPIO_V2_LINES_MAX];
};

static struct request requests[REQUESTS];
static unsigned taken;
static volatile unsigned char *lines;
static int chip = -1;

static int real_open(const char *path, int flags, mode_t mode) {
  int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  return next(path, flags, mode);
}

static const char *place(const char *name, char *to, size_t bytes) {
  snprintf(to, bytes, "%s/%s", getenv("TIMMY_SHIM"), name);
  return to;
}

static void map_lines(void) {
  char path[512];
  int file = real_open(place("lines", path, sizeof path), O_RDWR, 0);
  if (lines != 0 || file < 0) return;
  lines = mmap(0, LINES * 9u, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
}

static const char *redirect(const char *path, char *to, size_t bytes) {
  if (strncmp(path, "/sys/class/pwm", 14) != 0) return path;
  return place(path + 1, to, bytes);
}

int open(const char *path, int flags, ...) {
  char other[512];
  va_list rest;
  va_start(rest, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (strcmp(path, "/dev/gpiochip3") == 0) {
    map_lines();
    chip = real_open("/dev/null", O_RDWR, 0);
    return chip;
  }
  return real_open(redirect(path, other, sizeof other), flags, mode);
}

DIR *opendir(const char *path) {
  char other[512];
  DIR *(*next)(const char *) = dlsym(RTLD_NEXT, "opendir");
  return next(redirect(path, other, sizeof other));
}

char *realpath(const char *path, char *to) {
  char other[512];
  char *(*next)(const char *, char *) = dlsym(RTLD_NEXT, "realpath");
  return next(redirect(path, other, sizeof other), to);
}

/* A file of sysfs takes each write as a whole value. */
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  ssize_t (*next)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  (void)!ftruncate(file, 0);
  return next(file, bytes, count, at);
}

static int take(struct gpio_v2_line_request *wanted) {
  char path[512];
  struct request *request = &requests[taken++];
  unsigned long long flags = wanted->config.flags;
  int edges = (flags & GPIO_V2_LINE_FLAG_EDGE_RISING) != 0;
  request->count = wanted->num_lines;
  memcpy(request->offsets, wanted->offsets, sizeof request->offsets);
  for (unsigned i = 0; i < request->count; i++) {
    unsigned line = request->offsets[i];
    memcpy((void *)(lines + LINES + 8u * line), &flags, sizeof flags);
    if ((flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0) lines[line] = 0;
  }
  request->file = edges ? real_open(place("edges", path, sizeof path), O_RDWR, 0)
                        : real_open("/dev/null", O_RDWR, 0);
  wanted->fd = request->file;
  return 0;
}

static int move_values(struct request *request, struct gpio_v2_line_values *values, int set) {
  for (unsigned i = 0; i < request->count; i++) {
    unsigned long long bit = 1ull << i;
    unsigned line = request->offsets[i];
    if ((values->mask & bit) == 0) continue;
    if (set) lines[line] = (values->bits & bit) != 0;
    else if (lines[line] != 0) values->bits |= bit;
  }
  return 0;
}

int ioctl(int file, unsigned long what, ...) {
  va_list rest;
  va_start(rest, what);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (file == chip && what == GPIO_GET_CHIPINFO_IOCTL) {
    struct gpiochip_info *info = argument;
    snprintf(info->label, sizeof info->label, "pinctrl-fake");
    info->lines = LINES;
    return 0;
  }
  if (file == chip && what == GPIO_V2_GET_LINE_IOCTL) return take(argument);
  for (unsigned i = 0; i < taken; i++) {
    if (requests[i].file != file) continue;
    if (what == GPIO_V2_LINE_SET_VALUES_IOCTL) return move_values(&requests[i], argument, 1);
    if (what == GPIO_V2_LINE_GET_VALUES_IOCTL) return move_values(&requests[i], argument, 0);
  }
  int (*next)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
  return next(file, what, argument);
}
