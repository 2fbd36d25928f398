/* systemd's notification protocol (sd_notify(3)), without its library. */
#ifndef NOTIFY_H
#define NOTIFY_H

/* Sends e.g. "READY=1"; does nothing outside of systemd. */
void notify(const char *state);

#endif
