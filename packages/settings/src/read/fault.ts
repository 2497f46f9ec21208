/** One thing wrong with a configuration file. */
export interface Fault {
  /** Line of the attribute, or of the element's start tag, from 1. */
  readonly line: number;
  /** Names from the root to the element, e.g. `trafMon/probes/probe`; empty: the file as a whole. */
  readonly element: string;
  readonly attribute: string | null;
  /** What is wrong, with the offending value; lower case, no full stop. */
  readonly problem: string;
  /** What would be right; null where the problem says it. */
  readonly allowed: string | null;
}

/** Collects faults while a file is read, so that all are told at once. */
export class Faults {
  readonly #faults: Fault[] = [];

  add(line: number, element: string, attribute: string | null, problem: string, allowed: string | null = null): void {
    this.#faults.push({ line, element, attribute, problem, allowed });
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  sorted(): readonly Fault[] {
    // The sort is stable: within a line the order of finding stays.
    return [...this.#faults].sort((a, b) => a.line - b.line);
  }
}

/** One line of text, e.g. `line 41, probes/probe, attribute idle: "7x" is not a duration; allowed: ...`. */
export function faultText(fault: Fault): string {
  const place = [
    `line ${fault.line}`,
    ...(fault.element === "" ? [] : [fault.element]),
    ...(fault.attribute === null ? [] : [`attribute ${fault.attribute}`]),
  ].join(", ");
  return `${place}: ${fault.problem}${fault.allowed === null ? "" : `; allowed: ${fault.allowed}`}`;
}

/** What is wrong with a file as a whole: one fault on the same line, several on lines of their own. */
export function faultsText(fileName: string, faults: readonly Fault[]): string {
  const lines = faults.map(faultText);
  return lines.length === 1
    ? `cannot use ${fileName}: ${lines[0]}`
    : `cannot use ${fileName}, ${lines.length} faults${lines.map((line) => `\n  ${line}`).join("")}\n `;
}
