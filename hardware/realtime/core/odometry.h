/* Where the wheels say that the robot went, since power-up. Whole numbers, so nothing is lost. */
#ifndef ODOMETRY_H
#define ODOMETRY_H
#include <stdint.h>

#include "params.h"

struct odometry {
  int64_t x_nm;
  int64_t y_nm;
  int64_t heading_nrad; /* in (-pi, pi] */
};

void odometry_init(struct odometry *odometry);
/* Adds the counts of one tick. */
void odometry_step(struct odometry *odometry, const struct params *params, int32_t left,
                   int32_t right);
float odometry_x_m(const struct odometry *odometry);
float odometry_y_m(const struct odometry *odometry);
float odometry_heading_rad(const struct odometry *odometry);

#endif
