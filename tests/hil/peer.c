/* What the tests need of Linux that Node does not offer: pseudo terminals that come and go,
   a locked device, and the datagrams of sd_notify. Commands come on stdin, one a line. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

struct relay {
  const char *link;
  int core;   /* unix socket of the core */
  int device; /* our end of the pty; -1 = unplugged */
  int other;
  int parked; /* keeps the last number taken, so that the next device gets another one */
  int lock;
};

static int connect_to(const char *path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int wire = socket(AF_UNIX, SOCK_STREAM, 0);
  if (strlen(path) >= sizeof name.sun_path) return -1;
  memcpy(name.sun_path, path, strlen(path) + 1u);
  return connect(wire, (const struct sockaddr *)&name, sizeof name) == 0 ? wire : -1;
}

static void say(const char *what) {
  printf("%s\n", what);
  fflush(stdout);
}

static void unplug(struct relay *relay) {
  (void)unlink(relay->link);
  if (relay->other >= 0) close(relay->other);
  if (relay->device >= 0) close(relay->device);
  relay->other = relay->device = -1;
}

static void plug(struct relay *relay, bool renumbered) {
  struct termios settings;
  char name[64];
  unplug(relay);
  if (relay->parked >= 0) close(relay->parked);
  relay->parked = renumbered ? posix_openpt(O_RDWR | O_NOCTTY) : -1;
  relay->device = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (relay->device < 0 || grantpt(relay->device) != 0 || unlockpt(relay->device) != 0) exit(1);
  if (ptsname_r(relay->device, name, sizeof name) != 0) exit(1);
  relay->other = open(name, O_RDWR | O_NOCTTY);
  if (relay->other < 0 || tcgetattr(relay->other, &settings) != 0) exit(1);
  cfmakeraw(&settings);
  if (tcsetattr(relay->other, TCSANOW, &settings) != 0) exit(1);
  if (symlink(name, relay->link) != 0) exit(1);
  say(name);
}

/* False when the core is gone. What the device does not take is lost, as on a real line. */
static bool carry(int from, int to) {
  char bytes[4096];
  ssize_t got = read(from, bytes, sizeof bytes);
  if (got > 0 && to >= 0) (void)!write(to, bytes, (size_t)got);
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EIO));
}

static bool obey(struct relay *relay) {
  char line[64];
  if (fgets(line, sizeof line, stdin) == 0) return false;
  if (strcmp(line, "plug\n") == 0) plug(relay, false);
  if (strcmp(line, "renumber\n") == 0) plug(relay, true);
  if (strcmp(line, "unplug\n") == 0) {
    unplug(relay);
    say("unplugged");
  }
  if (strcmp(line, "lock\n") == 0) {
    relay->lock = open(relay->link, O_RDWR | O_NOCTTY);
    say(flock(relay->lock, LOCK_EX | LOCK_NB) == 0 ? "locked" : "not locked");
  }
  if (strcmp(line, "free\n") == 0) {
    close(relay->lock);
    say("freed");
  }
  return true;
}

static int run_relay(const char *link, const char *core) {
  struct relay relay = {link, connect_to(core), -1, -1, -1, -1};
  if (relay.core < 0) return 1;
  setvbuf(stdin, 0, _IONBF, 0);
  say("connected");
  for (;;) {
    struct pollfd files[3] = {{.fd = 0, .events = POLLIN},
                              {.fd = relay.core, .events = POLLIN},
                              {.fd = relay.device, .events = POLLIN}};
    if (poll(files, 3, -1) < 0) return 1;
    if (files[0].revents != 0 && !obey(&relay)) break;
    if (files[1].revents != 0 && !carry(relay.core, relay.device)) break;
    if (files[2].revents != 0 && relay.device >= 0) (void)carry(relay.device, relay.core);
  }
  unplug(&relay);
  return 0;
}

/* Prints every datagram, its lines parted by commas. */
static int listen_for_notices(const char *path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int wire = socket(AF_UNIX, SOCK_DGRAM, 0);
  memcpy(name.sun_path, path, strlen(path) + 1u);
  if (bind(wire, (const struct sockaddr *)&name, sizeof name) != 0) return 1;
  say("listening");
  for (;;) {
    char text[512];
    struct pollfd files[2] = {{.fd = 0, .events = POLLIN}, {.fd = wire, .events = POLLIN}};
    if (poll(files, 2, -1) < 0 || files[0].revents != 0) return 0;
    ssize_t got = recv(wire, text, sizeof text - 1u, 0);
    if (got < 0) return 1;
    text[got] = '\0';
    for (char *at = text; *at != '\0'; at++) *at = *at == '\n' ? ',' : *at;
    say(text);
  }
}

int main(int count, char **words) {
  if (count == 4 && strcmp(words[1], "relay") == 0) return run_relay(words[2], words[3]);
  if (count == 3 && strcmp(words[1], "notices") == 0) return listen_for_notices(words[2]);
  return 2;
}
