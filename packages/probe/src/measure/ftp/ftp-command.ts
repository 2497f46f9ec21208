import { textOfBytes } from "@trafmon/observation";
import type { ControlLine } from "./control-lines.ts";

/** Longest path or user name in a record, bytes; what is beyond is told as a number. */
const MOST_ARGUMENT_BYTES = 512;

const SPACE = 32;

/** Commands of RFC 959, 775, 1123, 1639, 2228, 2389, 2428, 2640, 3659, 7151, and a few in use without one. */
const VERBS: ReadonlySet<string> = new Set(
  (
    "ABOR ACCT ADAT ALLO APPE AUTH CCC CDUP CLNT CONF CSID CWD DELE ENC EPRT EPSV FEAT HELP HOST LANG LIST LPRT LPSV MDTM MFMT " +
    "MIC MKD MLSD MLST MODE NLST NOOP OPTS PASS PASV PBSZ PORT PROT PWD QUIT REIN REST RETR RMD RNFR RNTO SITE SIZE SMNT " +
    "STAT STOR STOU STRU SYST TYPE USER XCRC XCUP XCWD XMKD XPWD XRMD XSEM XSEN"
  ).split(" "),
);

/** A command as the client gave it. The argument of one that carries a secret is never looked at. */
export interface FtpCommand {
  /** In capitals; empty: what was sent is no command, though a server answers it. */
  readonly verb: string;
  /** As text, shortened with the number of bytes left out; null: there is none. */
  readonly argument: string | null;
  readonly s: number;
  readonly nanos: number;
}

/** Commands whose argument is not to be read: passwords, accounts, tokens, and all that a proxy may put into SITE. */
const SECRET: ReadonlySet<string> = new Set(["PASS", "ACCT", "ADAT", "SITE", "MIC", "CONF", "ENC"]);

/** Reads a line of the client. null: there is nothing on it that a server would answer, or that can be made out. */
export function readCommand(line: ControlLine): FtpCommand | null {
  const { bytes, s, nanos } = line;
  let start = 0;
  while (bytes[start] === SPACE) start++;
  let end = start;
  while (end < bytes.length && isLetter(bytes[end]!)) end++;
  const verb = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 8))).toUpperCase();
  const isCommand = VERBS.has(verb) && (end === bytes.length || bytes[end] === SPACE);
  // The tail of a line whose head was missed, and a head that may go on, are commands only if they look like it.
  if (!isCommand && (line.isHeadless || line.moreBytes === null)) return null;
  if (isCommand && line.moreBytes === null && end === bytes.length) return null;
  if (bytes.length === start) return null;
  if (!isCommand) return { verb: "", argument: null, s, nanos };
  if (SECRET.has(verb)) return { verb, argument: null, s, nanos };
  return { verb, argument: argumentOf(bytes.subarray(end + 1), line.moreBytes), s, nanos };
}

function argumentOf(bytes: Uint8Array, moreBytes: number | null): string | null {
  if (bytes.length === 0) return null;
  return shortText(bytes, moreBytes);
}

/** Text of bytes of which `moreBytes` more are not here; null: an unknown number. Says so where it is shortened. */
function shortText(bytes: Uint8Array, moreBytes: number | null): string {
  if (bytes.length <= MOST_ARGUMENT_BYTES && moreBytes === 0) return textOfBytes(bytes);
  let kept = Math.min(bytes.length, MOST_ARGUMENT_BYTES);
  // Not in the midst of a UTF-8 sequence.
  if (kept < bytes.length) for (let back = 0; back < 3 && (bytes[kept]! & 0xc0) === 0x80; back++) kept--;
  const left = moreBytes === null ? "?" : bytes.length - kept + moreBytes;
  return `${textOfBytes(bytes.subarray(0, kept))}... (${left} more bytes)`;
}

function isLetter(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}
