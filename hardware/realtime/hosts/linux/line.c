#define _GNU_SOURCE
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "terminal.h"

#define REOPEN_TICKS 200u
#define READ_BYTES 1024u
#define PATIENCE_MS 1000

static bool fail(char *why, const char *what) {
  snprintf(why, PATH_BYTES, "%s (%s)", what, strerror(errno));
  return false;
}

static void add_client(struct line *line, int file) {
  for (uint32_t i = 0; i < CLIENTS; i++) {
    if (line->clients[i].file >= 0) continue;
    line->clients[i].file = file;
    line->clients[i].length = 0;
    return;
  }
  close(file);
}

/* A socket file that nobody answers was left by a process that died. */
static bool remove_stale(const struct sockaddr_un *name) {
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  bool alive = connect(probe, (const struct sockaddr *)name, sizeof *name) == 0;
  close(probe);
  if (alive) errno = EADDRINUSE;
  else (void)unlink(name->sun_path);
  return !alive;
}

static bool open_socket(struct line *line, char *why) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  if (strlen(line->path) >= sizeof name.sun_path) {
    errno = ENAMETOOLONG;
    return fail(why, "the link's socket");
  }
  memcpy(name.sun_path, line->path, strlen(line->path) + 1u);
  if (!remove_stale(&name)) return fail(why, "the link's socket");
  line->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* Owner and group may drive the robot, nobody else. */
  mode_t before = umask(0117);
  bool bound = line->listener >= 0 &&
               bind(line->listener, (const struct sockaddr *)&name, sizeof name) == 0 &&
               listen(line->listener, (int)CLIENTS) == 0;
  (void)umask(before);
  return bound || fail(why, "the link's socket");
}

static bool open_pty(struct line *line, char *why) {
  int file = terminal_create(line->path, &line->terminal_end);
  if (file < 0) return fail(why, "the link's pseudo terminal");
  add_client(line, file);
  return true;
}

static bool open_cable(struct line *line) {
  int file = terminal_open(line->path, line->baud);
  if (file >= 0) add_client(line, file);
  return file >= 0;
}

bool line_open(struct line *line, const struct options *options, char *why) {
  *line = (struct line){.kind = options->line, .listener = -1, .terminal_end = -1};
  line->baud = options->baud;
  line->patient = options->hil;
  memcpy(line->path, options->line_path, sizeof line->path);
  for (uint32_t i = 0; i < CLIENTS; i++) line->clients[i].file = -1;
  if (line->kind == LINE_SOCKET) return open_socket(line, why);
  if (line->kind == LINE_PTY) return open_pty(line, why);
  if (line->kind == LINE_TTY) return open_cable(line) || fail(why, "the link's cable");
  return true;
}

static void drop(struct line *line, struct client *client) {
  close(client->file);
  client->file = -1;
  if (line->kind == LINE_TTY) line->reopen_in = REOPEN_TICKS;
}

static void hand_on(struct client *client, struct core *core, uint8_t byte) {
  client->held[client->length++] = byte;
  if (byte != 0 && client->length < WIRE_MAX) return;
  for (uint32_t i = 0; i < client->length; i++) core_receive(core, client->held[i]);
  client->length = 0;
}

/* Bytes that the core takes now, beside what every client may hold back. */
static uint32_t room_of(const struct core *core) {
  const struct ring_in *ring = core_in_hil(core) ? &core->hil.rx : &core->rx;
  uint32_t waiting = ring->head - ring->tail + WIRE_MAX;
  return waiting < RX_RING ? RX_RING - waiting : 0u;
}

static void read_client(struct line *line, struct client *client, struct core *core) {
  uint8_t bytes[READ_BYTES];
  /* What the ring cannot hold stays in the kernel, and its sender feels it. */
  uint32_t room = room_of(core);
  if (room == 0) return;
  ssize_t got = read(client->file, bytes, room < READ_BYTES ? room : READ_BYTES);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  /* Nobody holds the other end of a pty for now: that is no end. */
  if (got <= 0 && line->kind == LINE_PTY) return;
  if (got <= 0) drop(line, client);
  for (ssize_t i = 0; i < got; i++) hand_on(client, core, bytes[i]);
}

void line_read(struct line *line, struct core *core) {
  if (line->kind == LINE_SOCKET) {
    int file = accept4(line->listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (file >= 0) add_client(line, file);
  }
  if (line->reopen_in > 0 && --line->reopen_in == 0 && !open_cable(line)) {
    line->reopen_in = REOPEN_TICKS;
  }
  for (uint32_t i = 0; i < CLIENTS; i++) {
    if (line->clients[i].file >= 0) read_client(line, &line->clients[i], core);
  }
}

/* False when the wire is broken; a full one is not. */
static bool put_all(const struct line *line, int file, const uint8_t *bytes, uint32_t length) {
  uint32_t at = 0;
  while (at < length) {
    ssize_t put = write(file, bytes + at, length - at);
    if (put > 0) at += (uint32_t)put;
    if (put < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (at == length || !line->patient) return true;
    struct pollfd room = {.fd = file, .events = POLLOUT};
    if (poll(&room, 1, PATIENCE_MS) <= 0) return true;
  }
  return true;
}

void line_write(struct line *line, const uint8_t *bytes, uint32_t length) {
  if (length == 0) return;
  for (uint32_t i = 0; i < CLIENTS; i++) {
    struct client *client = &line->clients[i];
    if (client->file < 0) continue;
    if (!put_all(line, client->file, bytes, length) && line->kind != LINE_PTY) drop(line, client);
  }
}

void line_wait(const struct line *line, int timeout_ms) {
  struct pollfd files[CLIENTS + 1u];
  nfds_t count = 0;
  if (line->listener >= 0) files[count++] = (struct pollfd){.fd = line->listener, .events = POLLIN};
  for (uint32_t i = 0; i < CLIENTS; i++) {
    if (line->clients[i].file < 0) continue;
    files[count++] = (struct pollfd){.fd = line->clients[i].file, .events = POLLIN};
  }
  (void)poll(files, count, timeout_ms);
}

void line_close(struct line *line) {
  for (uint32_t i = 0; i < CLIENTS; i++) {
    if (line->clients[i].file >= 0) close(line->clients[i].file);
    line->clients[i].file = -1;
  }
  if (line->listener >= 0) close(line->listener);
  if (line->terminal_end >= 0) close(line->terminal_end);
  line->listener = -1;
  line->terminal_end = -1;
  if (line->kind == LINE_SOCKET || line->kind == LINE_PTY) (void)unlink(line->path);
}
