#define _GNU_SOURCE
#include "figures.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "options.h"

struct figures *figures_create(void) {
  void *memory = mmap(0, sizeof(struct figures), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? 0 : memory;
}

void figures_add(struct figures *figures, uint32_t late_us) {
  figures->late[late_us < LATE_BINS ? late_us : LATE_BINS - 1u]++;
  figures->ticks++;
  if (late_us >= 1000u) figures->missed++;
  if (late_us > figures->longest_us) figures->longest_us = late_us;
}

uint32_t figures_percentile(const struct figures *figures, double share) {
  double wanted = share * (double)figures->ticks;
  double seen = 0.0;
  for (uint32_t bin = 0; bin < LATE_BINS; bin++) {
    seen += (double)figures->late[bin];
    if (seen >= wanted && seen > 0.0) return bin == LATE_BINS - 1u ? figures->longest_us : bin;
  }
  return figures->longest_us;
}

const char *tier_name(enum tier tier) {
  static const char *const names[] = {"hard", "firm", "soft", "simulated"};
  return names[tier];
}

uint32_t figures_print(const struct figures *figures, char *to, uint32_t bytes) {
  double ticks = figures->ticks > 0 ? (double)figures->ticks : 1.0;
  double mean_us = (double)figures->write_total_ns / ticks / 1000.0;
  int length = snprintf(
      to, bytes,
      "{\"tier\":\"%s\",\"fifo\":%s,\"memoryLocked\":%s,\"preemptRt\":%s,\"ticks\":%u,"
      "\"p50Us\":%u,\"p99Us\":%u,\"maxUs\":%u,\"missed\":%u,\"stalls\":%u,\"edges\":%u,\"lostEdges\":%u,"
      "\"writeMeanUs\":%.1f,\"writeMaxUs\":%.1f}\n",
      tier_name(figures->tier), figures->fifo ? "true" : "false",
      figures->locked ? "true" : "false", figures->preempt_rt ? "true" : "false", figures->ticks,
      figures_percentile(figures, 0.5), figures_percentile(figures, 0.99), figures->longest_us,
      figures->missed, figures->stalls, figures->edges, figures->lost_edges, mean_us,
      (double)figures->write_longest_ns / 1000.0);
  return length < 0 ? 0u : (uint32_t)length < bytes ? (uint32_t)length : bytes - 1u;
}

void figures_save(const struct figures *figures, const char *path) {
  char line[512];
  char fresh[PATH_BYTES + 8u];
  uint32_t length = figures_print(figures, line, sizeof line);
  snprintf(fresh, sizeof fresh, "%s.new", path);
  int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  bool whole = write(file, line, length) == (ssize_t)length;
  close(file);
  if (whole) (void)!rename(fresh, path);
}
