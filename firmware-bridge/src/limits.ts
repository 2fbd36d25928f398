/** Bytes of a payload; the same in realtime/core/limits.h. */
export const maxPayloadBytes = 64;
/** Bytes of a frame before COBS: header, payload, checksum. */
export const maxFrameBytes = 8 + maxPayloadBytes + 2;
/** Bytes between two zeros on the wire; more is no frame. */
export const maxWireBytes = maxFrameBytes + 2;
/** Bits per second on a cable; the same in realtime/hosts (RP2040 and Linux). */
export const baudRate = 921_600;
/** Bytes that the system has not taken yet; above it frames are dropped, not queued. */
export const maxWaitingBytes = 4096;
/** Milliseconds between two looks at the machine's deadlines. */
export const pulseMs = 10;
/** Milliseconds between heartbeats (realtime.md: 50 to 100). */
export const heartbeatMs = 80;
/** Milliseconds after which a living set-point is sent again, in case a frame was lost. */
export const resendSetPointMs = 40;
/** Milliseconds a set-point may live at most; the core says the same. */
export const maxTtlMs = 250;
/** Milliseconds after which an unanswered frame is sent again. */
export const retryMs = 100;
/** Milliseconds of silence after which the link counts as down and is opened anew. */
export const silenceMs = 500;
/** Milliseconds until an unanswered arm, disarm or reset is given up. */
export const askMs = 1000;
/** Milliseconds until a stop that was not measured is reported as unconfirmed. */
export const haltMs = 2000;
/** Milliseconds between attempts to open the transport: first, and at most. */
export const firstBackoffMs = 100;
export const maxBackoffMs = 2000;
/** Stops that wait for their report; one more is answered as unconfirmed at once. */
export const maxHalts = 32;
/** Milliseconds between two signs of life of a process's owner, and after which it counts as frozen. */
export const ownerAliveMs = 100;
export const ownerSilentMs = 1000;
/** Milliseconds until a worker that died is started again. */
export const workerRestartMs = 200;
/** Milliseconds that a worker has to say goodbye before it is ended. */
export const workerEndMs = 1000;
