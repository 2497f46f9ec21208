import type { PatternStep, PayloadPattern } from "../model/request-settings.ts";
import { type AttributeKind, Refused } from "./attribute.ts";

/** Bounds that keep the work on any one packet small. */
export const MOST_PATTERN_BYTES = 256;
export const MOST_SOUGHT_BYTES = 1024;
export const MOST_CORRELATING_BYTES = 64;

const LONGEST_TEXT = 512;

/** One word of a pattern, or white space before it. */
const WORD = /\s*(?:'([^']*)'|([0-9a-fA-F]{2})(?![0-9a-fA-F])|(\?\?)|\+(\d{1,4})|\*(\d{1,4})|([()]))/y;

/** How payload begins. Each word stands for the bytes that come next; docs/transactions.md tells the words. */
export const payloadPattern: AttributeKind<PayloadPattern> = {
  allowed:
    "words separated by blanks, for the payload from its first byte on: 0a (a byte in hexadecimal), ?? (any byte), 'text', +8 (pass over 8 bytes), *64 (pass over as few bytes as possible, at most 64), and round brackets around what must be equal in request and reply",
  read: (text) => {
    if (text.length > LONGEST_TEXT) return new Refused(`more than ${LONGEST_TEXT} characters`);
    const words = wordsOf(text);
    if (words instanceof Refused) return words;
    const fault = faultOf(words);
    return fault === null ? { text, steps: joined(words) } : new Refused(fault);
  },
};

function wordsOf(text: string): PatternStep[] | Refused {
  const words: PatternStep[] = [];
  WORD.lastIndex = 0;
  while (/\S/.test(text.slice(WORD.lastIndex))) {
    const from = WORD.lastIndex;
    const found = WORD.exec(text);
    if (found === null) return new Refused(`${JSON.stringify(text.slice(from).trim())} is no word of a pattern`);
    words.push(stepOf(found));
  }
  return words;
}

function stepOf([, quoted, byte, any, passed, sought, bracket]: RegExpExecArray): PatternStep {
  if (quoted !== undefined) {
    const bytes = new TextEncoder().encode(quoted);
    return { kind: "bytes", bytes, mask: new Uint8Array(bytes.length).fill(255) };
  }
  if (byte !== undefined) return { kind: "bytes", bytes: Uint8Array.of(Number.parseInt(byte, 16)), mask: FULL };
  if (any !== undefined) return { kind: "bytes", bytes: Uint8Array.of(0), mask: Uint8Array.of(0) };
  if (passed !== undefined) return { kind: "pass", bytes: Number(passed) };
  if (sought !== undefined) return { kind: "seek", mostBytes: Number(sought) };
  return { kind: bracket === "(" ? "open" : "close" };
}

const FULL = Uint8Array.of(255);

function faultOf(words: readonly PatternStep[]): string | null {
  if (words.length === 0) return "it is empty";
  let fixed = 0;
  let sought = 0;
  let within: number | null = null;
  let brackets = 0;
  for (const [index, step] of words.entries()) {
    if (step.kind === "bytes") fixed += step.bytes.length;
    if (step.kind === "pass") sought += step.bytes;
    if (step.kind === "seek") {
      sought += step.mostBytes;
      const next = words.slice(index + 1).find(({ kind }) => kind !== "open" && kind !== "close");
      if (next?.kind !== "bytes") return "* must be followed by bytes that end it";
    }
    if (step.kind === "open") {
      if (within !== null || ++brackets > 1) return "there can be one pair of brackets only";
      within = fixed + sought;
    }
    if (step.kind === "close") {
      if (within === null) return "a bracket is closed that was not opened";
      if (fixed + sought === within) return "there is nothing within the brackets";
      if (fixed + sought - within > MOST_CORRELATING_BYTES) {
        return `more than ${MOST_CORRELATING_BYTES} bytes within the brackets`;
      }
      within = null;
    }
  }
  if (within !== null) return "a bracket is not closed";
  if (fixed > MOST_PATTERN_BYTES) return `more than ${MOST_PATTERN_BYTES} bytes`;
  if (sought > MOST_SOUGHT_BYTES) return `more than ${MOST_SOUGHT_BYTES} bytes passed over`;
  return null;
}

/** Bytes that follow each other in one step. */
function joined(words: readonly PatternStep[]): readonly PatternStep[] {
  const steps: PatternStep[] = [];
  for (const step of words) {
    const last = steps.at(-1);
    if (step.kind === "bytes" && last?.kind === "bytes") {
      steps[steps.length - 1] = {
        kind: "bytes",
        bytes: Uint8Array.from([...last.bytes, ...step.bytes]),
        mask: Uint8Array.from([...last.mask, ...step.mask]),
      };
    } else steps.push(step);
  }
  return steps;
}
