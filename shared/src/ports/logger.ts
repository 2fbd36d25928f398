export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Constant message, then fields. error: a person must act; warn: degraded; info: state changed. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps its lines, for tests; with no reader it is also the silent one. */
export function createMemoryLogger(limit = 1000): Logger & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const add =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (lines.length === limit) lines.shift();
      lines.push({ level, message, fields });
    };
  return {
    lines,
    debug: add("debug"),
    info: add("info"),
    warn: add("warn"),
    error: add("error"),
  };
}
