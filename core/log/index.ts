/** What gauntlet tells people while it works. Standard output belongs to answers, so all of it goes to standard error. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Shown with `GAUNTLET_LOG_LEVEL=debug` only. */
  debug(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type LogLevel = "debug" | "info" | "warn";

export interface LogOptions {
  /** `text` for people; `json` gives one object a line: @timestamp, service, level, message and the fields. */
  format?: "text" | "json";
  level?: LogLevel;
  write?: (line: string) => void;
  now?: () => Date;
}

const order: readonly LogLevel[] = ["debug", "info", "warn"];

export function createLog(options: LogOptions = {}): Log {
  const write = options.write ?? ((line) => process.stderr.write(`${line}\n`));
  const now = options.now ?? (() => new Date());
  const threshold = order.indexOf(options.level ?? "info");
  const emit = (level: LogLevel, message: string, fields: LogFields = {}) => {
    if (order.indexOf(level) < threshold) return;
    write(
      options.format === "json"
        ? JSON.stringify({
            "@timestamp": now().toISOString(),
            service: "gauntlet",
            level,
            message,
            ...fields,
          })
        : asText(level, message, fields),
    );
  };
  return {
    info: (message, fields) => emit("info", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    debug: (message, fields) => emit("debug", message, fields),
  };
}

/** For tests and for callers that want no output. */
export const silentLog: Log = { info() {}, warn() {}, debug() {} };

function asText(level: LogLevel, message: string, fields: LogFields): string {
  const tail = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${value}`)
    .join("");
  return `${level === "info" ? "" : `${level}: `}${message}${tail}`;
}
