/** QoS 1 messages that wait for the broker; the oldest is dropped at the limit. */
export const busQueueLimit = 256;
