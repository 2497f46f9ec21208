import type { Question } from "../../scenario/scenario.ts";
import type { Random } from "../random.ts";
import { berInteger, berNull, berObjectIdentifier, berOctets, berValue, SEQUENCE } from "./ber.ts";
import type { PrepareRequest } from "./prepared-request.ts";

/** RFC 3416 section 3: tags of PDUs, and what the ledger calls them. */
const PDUS = {
  get: { tag: 0xa0, name: "GetRequest" },
  getNext: { tag: 0xa1, name: "GetNextRequest" },
  set: { tag: 0xa3, name: "SetRequest" },
  getBulk: { tag: 0xa5, name: "GetBulkRequest" },
} as const;

const RESPONSE = 0xa2;
const COUNTER32 = 0x41;
const BULK_REPETITIONS = 10;

const STATUSES =
  "noError tooBig noSuchName badValue readOnly genErr noAccess wrongType wrongLength wrongEncoding wrongValue noCreation inconsistentValue resourceUnavailable commitFailed undoFailed authorizationError notWritable inconsistentName".split(
    " ",
  );

/** Value of the version field: RFC 1157, RFC 1901, RFC 3412. */
const VERSIONS = { "1": 0, "2c": 1, "3": 3 } as const;

const COMMUNITY = "public";
/** Enterprise 8072 (net-snmp), as RFC 3411 section 5 forms engine ids. */
const ENGINE = Uint8Array.of(0x80, 0, 0x1f, 0x88, 4, 0x74, 0x72, 0x61, 0x66, 0x67, 0x65, 0x6e);
const USER = "trafgen";

export function snmpRequests(question: Extract<Question, { protocol: "snmp" }>, random: () => Random): PrepareRequest {
  const { version, pdu, oids, errorStatus } = question;
  return () => {
    const identifier = 1 + random().below(0x7ffffffe);
    const { tag, name } = PDUS[pdu];
    const message = (content: Uint8Array, isReportable: boolean) =>
      version === "3" ? messageV3(identifier, content, isReportable) : community(version, content);
    // In a bulk request, error status and index are the numbers of non-repeaters and of repetitions.
    const bulk = pdu === "getBulk";
    return {
      words: { protocol: "snmp", identifier: String(identifier), operation: name, name: null, version },
      status: STATUSES[errorStatus]!,
      request: message(pduOf(tag, identifier, 0, bulk ? BULK_REPETITIONS : 0, bindings(oids, false)), true),
      reply: () => {
        const asked = bulk ? Array.from({ length: BULK_REPETITIONS }, () => oids).flat() : oids;
        const values = bindings(errorStatus === 0 ? asked : oids, errorStatus === 0);
        return message(pduOf(RESPONSE, identifier, errorStatus, errorStatus === 0 ? 0 : 1, values), false);
      },
    };
  };
}

function pduOf(tag: number, id: number, status: number, index: number, values: Uint8Array): Uint8Array {
  return berValue(tag, berInteger(id), berInteger(status), berInteger(index), values);
}

/** Names and values; the values are counters, or null in a request. */
function bindings(oids: readonly string[], hasValues: boolean): Uint8Array {
  const pairs = oids.map((oid, i) =>
    berValue(SEQUENCE, berObjectIdentifier(oid), hasValues ? berInteger(1000 * (i + 1), COUNTER32) : berNull()),
  );
  return berValue(SEQUENCE, ...pairs);
}

function community(version: "1" | "2c", pdu: Uint8Array): Uint8Array {
  return berValue(SEQUENCE, berInteger(VERSIONS[version]), berOctets(COMMUNITY), pdu);
}

/** RFC 3412 section 6, RFC 3414 section 2.4: neither authenticated nor encrypted. */
function messageV3(id: number, pdu: Uint8Array, isReportable: boolean): Uint8Array {
  const flags = Uint8Array.of(isReportable ? 4 : 0);
  const heading = berValue(SEQUENCE, berInteger(id), berInteger(65_507), berOctets(flags), berInteger(3));
  const none = berOctets("");
  const security = berValue(SEQUENCE, berOctets(ENGINE), berInteger(1), berInteger(1000), berOctets(USER), none, none);
  const scoped = berValue(SEQUENCE, berOctets(ENGINE), none, pdu);
  return berValue(SEQUENCE, berInteger(VERSIONS["3"]), heading, berOctets(security), scoped);
}
