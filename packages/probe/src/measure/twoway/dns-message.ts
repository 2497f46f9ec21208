import { addressText } from "@trafmon/observation";
import { DnsName } from "./dns-name.ts";
import { dnsOperationName, dnsResponseCodeName, dnsTypeName } from "./dns-numbers.ts";
import { type Message, REPLY, REQUEST } from "./message.ts";

const HEADER_BYTES = 12;
/** Labels, pointers and records looked at in one message; nothing sensible has more. */
const MOST_STEPS = 4096;
/** Characters of names and of answers kept. */
const LONGEST_NAMES = 1024;
const LONGEST_ANSWERS = 1024;

const TYPE_A = 1;
const TYPE_NS = 2;
const TYPE_CNAME = 5;
const TYPE_PTR = 12;
const TYPE_MX = 15;
const TYPE_AAAA = 28;
const TYPE_SRV = 33;
const TYPE_DNAME = 39;
const TYPE_OPT = 41;

/** Where in a record's data the name lies that it is about. */
const NAME_IN: Readonly<Record<number, number>> = {
  [TYPE_NS]: 0,
  [TYPE_CNAME]: 0,
  [TYPE_PTR]: 0,
  [TYPE_DNAME]: 0,
  [TYPE_MX]: 2,
  [TYPE_SRV]: 6,
};

const name = new DnsName();

/**
 * DNS message, RFC 1035 section 4: id, flags (QR 0x8000, opcode, response code), counts of questions, answers,
 * authorities and additional records, then these. Request and reply have the id and the questions in common.
 *
 * A message whose questions are not whole is none for us: it cannot be told which request it belongs to.
 */
export function decodeDns(bytes: Uint8Array, from: number, until: number, wantsText: boolean, message: Message): void {
  if (until - from < HEADER_BYTES) return;
  const flags = word(bytes, from + 2);
  const questions = word(bytes, from + 4);
  const names: string[] = [];
  const types: string[] = [];
  let at = from + HEADER_BYTES;
  let content1 = questions;
  let content2 = 0;
  for (let question = 0; question < questions; question++) {
    name.walk(bytes, from, at, until, wantsText && question < 8);
    message.steps += name.steps;
    if (name.end < 0 || name.end + 4 > until || message.steps > MOST_STEPS) return;
    at = name.end;
    const typeAndClass = (word(bytes, at) << 16) | word(bytes, at + 2);
    content1 = Math.imul(content1 ^ name.hash1, 0x9e3779b1) ^ typeAndClass;
    content2 = Math.imul(content2 ^ name.hash2 ^ typeAndClass, 0x85ebca6b);
    if (wantsText && question < 8) {
      names.push(name.text);
      types.push(dnsTypeName(word(bytes, at)));
    }
    at += 4;
  }
  message.role = flags & 0x8000 ? REPLY : REQUEST;
  message.id1 = word(bytes, from);
  message.hasContent = questions > 0;
  message.content1 = content1;
  message.content2 = content2;
  if (!wantsText) return;
  const code = (flags >> 11) & 15;
  message.identifier = `0x${message.id1.toString(16).padStart(4, "0")}`;
  message.name = names.length === 0 ? null : names.join(" ").slice(0, LONGEST_NAMES);
  message.operation = code === 0 ? types.join(" ") || null : dnsOperationName(code);
  if (message.role === REPLY) readRecords(bytes, from, at, until, flags & 15, message);
}

/** Reads the answers, and the upper bits of the response code, which EDNS has in a record behind them (RFC 6891). */
function readRecords(
  bytes: Uint8Array,
  from: number,
  firstRecord: number,
  until: number,
  code: number,
  message: Message,
): void {
  const answerCount = word(bytes, from + 6);
  const count = answerCount + word(bytes, from + 8) + word(bytes, from + 10);
  let at = firstRecord;
  let answers = "";
  let extended = code;
  for (let record = 0; record < count && message.steps <= MOST_STEPS; record++) {
    message.steps++;
    name.walk(bytes, from, at, until, false);
    message.steps += name.steps;
    if (name.end < 0 || name.end + 10 > until) break;
    const type = word(bytes, name.end);
    const data = name.end + 10;
    if (type === TYPE_OPT && record >= answerCount) extended = code | (bytes[name.end + 4]! << 4);
    at = data + word(bytes, name.end + 8);
    if (at > until) break;
    if (record < answerCount && answers.length < LONGEST_ANSWERS) {
      answers += `${answers === "" ? "" : "; "}${answerText(bytes, from, type, data, at, message)}`;
    }
  }
  message.status = dnsResponseCodeName(extended);
  message.answers = answers === "" ? null : answers.slice(0, LONGEST_ANSWERS);
}

/** One answer: its type and, where it is an address or a name, that. */
function answerText(
  bytes: Uint8Array,
  from: number,
  type: number,
  data: number,
  end: number,
  message: Message,
): string {
  const typeText = dnsTypeName(type);
  if ((type === TYPE_A && end - data === 4) || (type === TYPE_AAAA && end - data === 16)) {
    return `${typeText} ${addressText(bytes.subarray(data, end))}`;
  }
  const skipped = NAME_IN[type];
  if (skipped === undefined) return typeText;
  name.walk(bytes, from, data + skipped, end, true);
  message.steps += name.steps;
  return name.end < 0 ? typeText : `${typeText} ${name.text}`;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
