import { textOfBytes } from "@trafmon/observation";
import type { Look } from "@trafmon/runtime";

export interface OutsideEvent {
  readonly severity: "info" | "warning" | "error";
  readonly code: "outside_event" | "event_source_overdue" | "event_source_failed";
  readonly text: string;
  readonly parameters: object;
}

/** Letters of the first line that become the event's sentence; the whole is in its parameters. */
const TEXT_LETTERS = 200;

/** Exit codes of monitoring plugins: OK, WARNING, CRITICAL, UNKNOWN. */
const SEVERITIES = ["info", "warning", "error", "warning"] as const;

/** The event that a look makes. */
export function outsideEvent(look: Look): OutsideEvent {
  switch (look.kind) {
    case "overdue":
      return {
        severity: "warning",
        code: "event_source_overdue",
        text: "the source took longer than it may and was ended",
        parameters: {},
      };
    case "failed":
      return {
        severity: "error",
        code: "event_source_failed",
        text: "the source cannot be asked",
        parameters: { reason: look.reason },
      };
    case "said": {
      const output = printable(textOfBytes(look.output)).trim();
      const firstLine = output.split("\n", 1)[0]!;
      return {
        severity: SEVERITIES[look.exitCode] ?? "error",
        code: "outside_event",
        text: firstLine === "" ? "(no output)" : firstLine.slice(0, TEXT_LETTERS),
        parameters: { exitCode: look.exitCode, output, ...(look.isCut ? { cut: true } : {}) },
      };
    }
  }
}

/** Without control characters but the ends of lines: terminals that show an event must not obey it. */
function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/(?!\n)\p{Cc}/gu, " ");
}
