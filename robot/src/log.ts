import type { Logger } from "@timmy/shared/ports/logger";
import { pino } from "pino";

/** One JSON object a line on stderr, as pino writes them. */
export function createProcessLogger(room: string): Logger {
  const log = pino(
    {
      base: { room },
      messageKey: "message",
      formatters: { level: (level) => ({ level }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  };
}
