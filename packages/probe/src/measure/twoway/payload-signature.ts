import type { PatternStep, PayloadPattern } from "@trafmon/settings";

/** Whether payload begins as a pattern says, and where what ties request and reply lies in it. */
export class PayloadSignature {
  /** After a match: what the brackets enclose; empty without brackets. */
  correlationFrom = 0;
  correlationUntil = 0;
  /** Bytes compared: tests hold it against the length. */
  steps = 0;
  /** Most bytes of payload that the pattern looks at. */
  readonly mostBytes: number;
  readonly correlates: boolean;
  readonly #steps: readonly PatternStep[];

  constructor(pattern: PayloadPattern | null) {
    this.#steps = pattern?.steps ?? [];
    this.correlates = this.#steps.some(({ kind }) => kind === "open");
    this.mostBytes = this.#steps.reduce((sum, step) => sum + widthOf(step), 0);
  }

  /**
   * Looks at `bytes[from..until)`. Bytes passed over until others follow are as few as possible, and are not looked for
   * again when what comes later does not fit: so the work is the pattern's length times the bytes it looks at, at most.
   */
  matches(bytes: Uint8Array, from: number, until: number): boolean {
    this.steps = 0;
    this.correlationFrom = this.correlationUntil = from;
    let at = from;
    for (let index = 0; index < this.#steps.length; index++) {
      const step = this.#steps[index]!;
      if (step.kind === "open") this.correlationFrom = at;
      else if (step.kind === "close") this.correlationUntil = at;
      else if (step.kind === "pass") at += step.bytes;
      else if (step.kind === "bytes") {
        if (!this.#fits(step, bytes, at, until)) return false;
        at += step.bytes.length;
      } else {
        at = this.#seek(index, step.mostBytes, bytes, at, until);
        if (at < 0) return false;
      }
    }
    return at <= until;
  }

  /** Where the bytes that end a `seek` begin; -1: nowhere near enough. */
  #seek(index: number, mostBytes: number, bytes: Uint8Array, from: number, until: number): number {
    const next = this.#steps.slice(index + 1).find(({ kind }) => kind === "bytes");
    if (next?.kind !== "bytes") return -1;
    for (let at = from; at <= from + mostBytes && at < until; at++) if (this.#fits(next, bytes, at, until)) return at;
    return -1;
  }

  #fits(
    { bytes: wanted, mask }: PatternStep & { kind: "bytes" },
    bytes: Uint8Array,
    at: number,
    until: number,
  ): boolean {
    if (at + wanted.length > until) return false;
    for (let index = 0; index < wanted.length; index++) {
      this.steps++;
      if (((bytes[at + index]! ^ wanted[index]!) & mask[index]!) !== 0) return false;
    }
    return true;
  }
}

function widthOf(step: PatternStep): number {
  switch (step.kind) {
    case "bytes":
      return step.bytes.length;
    case "pass":
      return step.bytes;
    case "seek":
      return step.mostBytes;
    default:
      return 0;
  }
}
