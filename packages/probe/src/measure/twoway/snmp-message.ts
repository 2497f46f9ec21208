import { BER_OCTETS, BER_SEQUENCE, BerReader } from "./ber-reader.ts";
import { type Message, REPLY, REQUEST } from "./message.ts";

const SNMP_3 = 3;
const VERSIONS: Readonly<Record<number, string>> = { 0: "1", 1: "2c", 2: "2", 3: "3" };

/** PDUs that ask for an answer, and their names (RFC 3416 section 3). Traps want none. */
const REQUESTS: Readonly<Record<number, string>> = {
  160: "GetRequest",
  161: "GetNextRequest",
  163: "SetRequest",
  165: "GetBulkRequest",
  166: "InformRequest",
};
const RESPONSE = 0xa2;
const REPORT = 0xa8;

/** msgFlags of version 3 (RFC 3412 section 6.4). */
const FLAG_ENCRYPTED = 2;
const FLAG_REPORTABLE = 4;

const ERRORS: readonly string[] = [
  "noError",
  "tooBig",
  "noSuchName",
  "badValue",
  "readOnly",
  "genErr",
  "noAccess",
  "wrongType",
  "wrongLength",
  "wrongEncoding",
  "wrongValue",
  "noCreation",
  "inconsistentValue",
  "resourceUnavailable",
  "commitFailed",
  "undoFailed",
  "authorizationError",
  "notWritable",
  "inconsistentName",
];

const reader = new BerReader();

/**
 * SNMP message: version, then
 *
 *     1 and 2c   community (passed over), PDU { request-id, error-status, error-index, variables }
 *     3          { msgID, msgMaxSize, msgFlags, model }, security parameters (passed over), scoped PDU, plain or encrypted
 *
 * Requests and replies of version 3 are tied by msgID, for the rest may be encrypted; then only the reportable flag says
 * that an answer is wanted.
 */
export function decodeSnmp(bytes: Uint8Array, from: number, until: number, wantsText: boolean, message: Message): void {
  reader.begin(bytes, from, until);
  reader.enter(BER_SEQUENCE);
  const version = reader.integer();
  if (!reader.ok) return;
  message.id2 = version;
  if (version === SNMP_3) readVersion3(wantsText, message);
  else {
    reader.pass(BER_OCTETS);
    readPdu(wantsText, message, true);
  }
  message.steps = reader.steps;
  if (message.role === 0 || !wantsText) return;
  message.identifier = String(message.id1);
  message.version = VERSIONS[version] ?? String(version);
}

function readVersion3(wantsText: boolean, message: Message): void {
  const headerEnd = reader.enter(BER_SEQUENCE);
  message.id1 = reader.integer();
  reader.integer();
  const flags = reader.firstOctet();
  reader.integer();
  if (!reader.ok || reader.at !== headerEnd) return;
  reader.pass(BER_OCTETS);
  if (flags & FLAG_ENCRYPTED) {
    if (reader.tag !== BER_OCTETS) return;
    message.role = flags & FLAG_REPORTABLE ? REQUEST : REPLY;
    if (wantsText) message.operation = "encrypted";
    return;
  }
  reader.enter(BER_SEQUENCE);
  reader.pass(BER_OCTETS);
  reader.pass(BER_OCTETS);
  readPdu(wantsText, message, false);
}

/** `tiesById`: the request-id is what ties request and reply. */
function readPdu(wantsText: boolean, message: Message, tiesById: boolean): void {
  const tag = reader.tag;
  const isReply = tag === RESPONSE || tag === REPORT;
  if (!isReply && REQUESTS[tag] === undefined) return;
  reader.enter(tag);
  const requestId = reader.integer();
  if (!reader.ok) return;
  if (tiesById) message.id1 = requestId;
  message.role = isReply ? REPLY : REQUEST;
  if (!wantsText) return;
  if (!isReply) {
    message.operation = REQUESTS[tag]!;
    return;
  }
  const error = reader.integer();
  if (tag === REPORT) message.status = "report";
  else if (reader.ok) message.status = ERRORS[error] ?? `error ${error}`;
}
