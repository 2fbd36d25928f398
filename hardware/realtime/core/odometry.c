#include "odometry.h"

#include "real.h"

#define PI_NRAD 3141592654LL

void odometry_init(struct odometry *odometry) {
  odometry->x_nm = 0;
  odometry->y_nm = 0;
  odometry->heading_nrad = 0;
}

void odometry_step(struct odometry *odometry, const struct params *params, int32_t left,
                   int32_t right) {
  if (left == 0 && right == 0) return;
  float nm_per_count = params->m_per_count * 1e9f;
  float forward_nm = 0.5f * (float)(left + right) * nm_per_count;
  int64_t turned = (int64_t)((float)(right - left) * nm_per_count / params->v[PARAM_TRACK_M]);
  /* The middle of the turn: exact for an arc to second order. */
  float heading = (float)(odometry->heading_nrad + turned / 2) * 1e-9f;
  heading = real_clamp(heading, -REAL_PI, REAL_PI);
  odometry->x_nm += (int64_t)(forward_nm * real_cos(heading));
  odometry->y_nm += (int64_t)(forward_nm * real_sin(heading));
  odometry->heading_nrad += turned;
  if (odometry->heading_nrad > PI_NRAD) odometry->heading_nrad -= 2 * PI_NRAD;
  if (odometry->heading_nrad <= -PI_NRAD) odometry->heading_nrad += 2 * PI_NRAD;
}

float odometry_x_m(const struct odometry *odometry) { return (float)odometry->x_nm * 1e-9f; }

float odometry_y_m(const struct odometry *odometry) { return (float)odometry->y_nm * 1e-9f; }

float odometry_heading_rad(const struct odometry *odometry) {
  return (float)odometry->heading_nrad * 1e-9f;
}
