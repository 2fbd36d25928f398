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
  float left_nm = (float)left * (params->left_m_per_count * 1e9f);
  float right_nm = (float)right * (params->right_m_per_count * 1e9f);
  float forward_nm = 0.5f * (left_nm + right_nm);
  int64_t turned = (int64_t)((right_nm - left_nm) / params->track_m);
  /* The middle of the turn: exact for an arc to second order. */
  int64_t half_turn = turned / 2;
  float heading = (float)(odometry->heading_nrad + half_turn) * 1e-9f;
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
