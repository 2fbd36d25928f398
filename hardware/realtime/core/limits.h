/* Compiled-in limits: parameters may only lower them. */
#ifndef LIMITS_H
#define LIMITS_H

#define TICK_S 0.001f
#define TICKS_PER_S 1000.0f

#define LIMIT_LINEAR_MPS 0.5f
#define LIMIT_ANGULAR_RADPS 1.5f
#define LIMIT_ACCEL_MPS2 1.0f
#define LIMIT_ANGULAR_ACCEL_RADPS2 4.0f
/* A host without the right to schedule may miss ticks: it drives slowly. */
#define SOFT_LINEAR_MPS 0.2f
#define SOFT_ANGULAR_RADPS 0.6f
#define SERVO_LOW_US 500u
#define SERVO_HIGH_US 2500u
/* No honest sender asks for more than this; beyond it the frame is refused, not clamped. */
#define ABSURD_SETPOINT 100.0f

#define TTL_DEFAULT_MS 150u
#define TTL_MAX_MS 250u
/* A set-point that answers a tick older than this sat in a queue while the world moved on. */
#define SETPOINT_LAG_MS 250
#define LINK_SILENT_MS 500u

#define BOOT_MS 50u
#define STANDSTILL_MPS 0.01f
#define STANDSTILL_MS 50u
#define STOP_TIMEOUT_MS 1500u

#define SONAR_CYCLE_MS 60u
#define SONAR_GRACE_MS 20u
#define SONAR_MAX_M 4.0f
#define RANGE_BLIND_MS 500u
#define UNKNOWN_RANGE_MPS 0.1f

#define STALL_DUTY 0.3f
#define STALL_MS 150u
#define RUNAWAY_IDLE_DUTY 0.03f
#define RUNAWAY_MPS 0.15f
#define RUNAWAY_WRONG_WAY_MPS 0.05f
/* 40 counts in 1 ms are 6 m/s on mk1: no wheel of ours turns so fast, an encoder jumped. */
#define ENCODER_JUMP_COUNTS 40

#define ESTOP_SAMPLES 3u
#define BUMPER_RELEASE_MS 50u
#define BATTERY_LOW_MS 1000u
#define BATTERY_DERATE_FLOOR 0.4f

#define STATE_PERIOD_MS 20u

#define SESSION_SLOTS 4u
#define PAYLOAD_MAX 64u
#define HEADER_BYTES 8u
#define FRAME_MAX (HEADER_BYTES + PAYLOAD_MAX + 2u)
/* COBS adds one byte in 254, and the closing zero. */
#define WIRE_MAX (FRAME_MAX + 2u)
#define RX_RING 1024u
#define RX_PER_TICK 128u
#define TX_RING 2048u
/* Link bytes in one feed frame; bytes of the real link that one poll reads in HIL mode. */
#define FEED_BYTES 32u
#define HIL_BYTES_PER_POLL 512u

#endif
