/* Who talks to the core: a few tokens, each with its own sequence and arm nonce. */
#ifndef SESSION_H
#define SESSION_H
#include <stdbool.h>
#include <stdint.h>

#include "limits.h"

struct session {
  uint32_t token; /* 0 = free */
  uint16_t seq;
  uint32_t heard_tick;
  uint32_t nonce; /* 0 = none given, or used */
};

struct sessions {
  struct session slots[SESSION_SLOTS];
  uint32_t owner; /* token of whoever armed; 0 = nobody */
  uint32_t nonces;
};

void sessions_init(struct sessions *sessions);
struct session *sessions_find(struct sessions *sessions, uint32_t token);
/* A slot for a new token: a free one, else the one silent for longest that is not the owner's. */
struct session *sessions_open(struct sessions *sessions, uint32_t token, uint32_t now);
/* True when seq advances; remembers it. */
bool session_advances(struct session *session, uint16_t seq, uint32_t now);
/* A nonce that was never given before in this power-up; never 0. */
uint32_t sessions_nonce(struct sessions *sessions, struct session *session, uint32_t now);

#endif
