const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info ",
  40: "WARN ",
  50: "ERROR",
  60: "FATAL",
};

/** Fields that stand elsewhere in the line, or tell a reader of one program's log nothing. */
const NOT_SHOWN = new Set(["level", "time", "pid", "hostname", "name", "msg", "err"]);

interface PinoRecord {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly stack?: string };
}

/**
 * One line of text from a line of pino's JSON: `2026-01-31T12:00:00.000Z WARN  refused PDU  probe=p1 reason="too short"`.
 * A fault of ours adds its stack on further lines.
 */
export function readableLine(json: string): string {
  const record = JSON.parse(json) as PinoRecord;
  const level = LEVELS[record.level] ?? String(record.level);
  let line = `${new Date(record.time).toISOString()} ${level} ${printable(record.msg ?? "")}`;
  let separator = "  ";
  for (const [field, value] of Object.entries(record)) {
    if (NOT_SHOWN.has(field) || value === undefined) continue;
    line += `${separator}${field}=${fieldText(value)}`;
    separator = " ";
  }
  const stack = record.err?.stack;
  return stack === undefined ? `${line}\n` : `${line}\n${stack}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === "string") return /^[\w.:/+@%,-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value);
}

/** Text that came from a network must not move the reader's terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
