/** Milliseconds between two turns of the robot's loop. */
export const loopPeriodMs = 20;
/** Milliseconds that a set-point lives in the core; the loop sends a fresh one each turn. */
export const setPointTtlMs = 150;
/** Poses of the odometry that are kept to place a late sighting, about 1.3 s. */
export const poseHistory = 64;
/** Sightings that relocalisation may use. */
export const sightingHistory = 40;
/** Milliseconds that a companion may take to decide before the rules mind does. */
export const decideTimeoutMs = 1500;
/** And for what the rules do not understand, so that nobody else can decide it. */
export const thinkTimeoutMs = 9000;
/** Milliseconds that a sealed sentence without a lease may take to be done. */
export const sealedTimeoutMs = 60_000;
/** Milliseconds without a motion order after which the motors are disarmed. */
export const idleDisarmMs = 2000;
/** Milliseconds that an obstacle seen by the sonar stays on the map. */
export const obstacleMs = 60_000;
/** Obstacles kept at most; the oldest is forgotten. */
export const obstacleLimit = 64;
/** Ways that are tried around something that blocks the path. */
export const replanLimit = 4;
/** Milliseconds between two looks at whether somebody else lives here now. */
export const identityLookMs = 1000;
/** Milliseconds between two copies of the pose for a process that may have to go on from it. */
export const poseKeepMs = 200;
