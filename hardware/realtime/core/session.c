#include "session.h"

void sessions_init(struct sessions *sessions) {
  for (uint32_t i = 0; i < SESSION_SLOTS; i++) {
    sessions->slots[i].token = 0;
    sessions->slots[i].seq = 0;
    sessions->slots[i].heard_tick = 0;
    sessions->slots[i].nonce = 0;
  }
  sessions->owner = 0;
  sessions->nonces = 0;
}

struct session *sessions_find(struct sessions *sessions, uint32_t token) {
  if (token == 0) return 0;
  for (uint32_t i = 0; i < SESSION_SLOTS; i++) {
    if (sessions->slots[i].token == token) return &sessions->slots[i];
  }
  return 0;
}

struct session *sessions_open(struct sessions *sessions, uint32_t token, uint32_t now) {
  if (token == 0) return 0;
  struct session *chosen = 0;
  for (uint32_t i = 0; i < SESSION_SLOTS; i++) {
    struct session *slot = &sessions->slots[i];
    if (slot->token != 0 && slot->token == sessions->owner) continue;
    bool free = slot->token == 0;
    bool older = chosen == 0 || (chosen->token != 0 &&
                                 now - slot->heard_tick > now - chosen->heard_tick);
    if (chosen == 0 || (chosen->token != 0 && (free || older))) chosen = slot;
  }
  if (chosen != 0) {
    chosen->token = token;
    chosen->nonce = 0;
    chosen->heard_tick = now;
  }
  return chosen;
}

bool session_advances(struct session *session, uint16_t seq, uint32_t now) {
  uint16_t ahead = (uint16_t)(seq - session->seq);
  if (ahead == 0 || ahead >= 0x8000u) return false;
  session->seq = seq;
  session->heard_tick = now;
  return true;
}

uint32_t sessions_nonce(struct sessions *sessions, struct session *session, uint32_t now) {
  /* Odd multipliers permute 32 bits: a counter gives distinct values that look unlike each other. */
  sessions->nonces++;
  uint32_t mixed = sessions->nonces * 0x9e3779b1u;
  mixed ^= (now ^ session->token) * 0x85ebca6bu;
  session->nonce = mixed == 0 ? 1u : mixed;
  return session->nonce;
}
