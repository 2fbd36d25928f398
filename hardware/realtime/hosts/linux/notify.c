#define _GNU_SOURCE
#include "notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify(const char *state) {
  const char *path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  if (path == 0 || (path[0] != '/' && path[0] != '@')) return;
  size_t length = strlen(path);
  if (length >= sizeof name.sun_path) return;
  memcpy(name.sun_path, path, length);
  /* An abstract name begins with a zero byte, written as "@". */
  if (path[0] == '@') name.sun_path[0] = '\0';
  int wire = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (wire < 0) return;
  socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  (void)!sendto(wire, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                (const struct sockaddr *)&name, bytes);
  close(wire);
}
