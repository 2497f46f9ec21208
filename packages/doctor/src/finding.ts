import { CodedError, EXIT, type ExitCode } from "@trafmon/runtime";

/** `fault`: something does not work or numbers are wrong; `warning`: it soon may, or cannot be told; `good`: looked at. */
export type Severity = "fault" | "warning" | "good";

export interface Finding {
  readonly severity: Severity;
  /** What was looked at: `capture`, `database` ... */
  readonly about: string;
  /** One line, without full stop. */
  readonly what: string;
  /** One line: what mends it. Empty where nothing is to be mended. */
  readonly fix: string;
  /** How the doctor ends when this is its first fault. */
  readonly exitCode: ExitCode;
}

export function good(about: string, what: string): Finding {
  return { severity: "good", about, what, fix: "", exitCode: EXIT.DONE };
}

export function warning(about: string, what: string, fix: string): Finding {
  return { severity: "warning", about, what, fix, exitCode: EXIT.DONE };
}

export function fault(about: string, what: string, fix: string, exitCode: ExitCode): Finding {
  return { severity: "fault", about, what, fix, exitCode };
}

/** A fault in the words of the part that met it. Anything but a CodedError is thrown on. */
export function faultOf(about: string, error: unknown): Finding {
  if (!(error instanceof CodedError)) throw error;
  return fault(about, `${error.message} [${error.code}]`.replace(/\s*\n\s*/g, "; "), error.hint, error.exitCode);
}

/** Faults first, then warnings; within each in the order they were found. */
export function sorted(findings: readonly Finding[]): Finding[] {
  const order: readonly Severity[] = ["fault", "warning", "good"];
  return order.flatMap((severity) => findings.filter((each) => each.severity === severity));
}

export function findingText({ severity, about, what, fix }: Finding): string {
  return `${severity.padEnd(7)}  ${about.padEnd(13)}  ${what}${fix === "" ? "" : ` -- ${fix}`}`;
}
