import type { Logger, LogLevel } from "@timmy/shared/ports/logger";
import { destination, pino, stdTimeFunctions } from "pino";

/** JSON lines on standard error, written at once: the last line before a crash is there too. */
export function createLog(options: { readonly name: string; readonly level?: LogLevel }): Logger {
  const log = pino(
    {
      base: { room: options.name },
      level: options.level ?? "info",
      messageKey: "message",
      formatters: { level: (label) => ({ level: label }) },
      timestamp: stdTimeFunctions.isoTime,
    },
    destination({ fd: 2, sync: true }),
  );
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  };
}
