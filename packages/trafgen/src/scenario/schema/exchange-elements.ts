import {
  choice,
  element,
  listOf,
  type ReadElement,
  type ValuesOf,
  valuesOf,
  wholeNumber,
  withDefault,
} from "@trafmon/settings/schema";
import type { FtpTraffic, HttpTraffic, Question, RequestTraffic } from "../scenario.ts";
import { byteRange, durationNs, share } from "./amount-kinds.ts";
import {
  delayAttributes,
  delaysOf,
  endsAttributes,
  endsOf,
  hostAttributes,
  repetitionAttributes,
  repetitionOf,
  tcpAttributes,
  tcpMannersOf,
} from "./ends-attributes.ts";
import { domainName, ftpPath, httpPath, objectIdentifier, token } from "./word-kinds.ts";

const CLIENT_PORTS = "49152-65535";

const requestAttributes = {
  ...repetitionAttributes,
  ...delayAttributes,
  jitter: withDefault(
    durationNs("0", "1min"),
    "1ms",
    "Added to the server's answering time by chance: uniform from 0 to this.",
  ),
  unanswered: withDefault(share, "0", "Share of the requests that are never answered."),
  late: withDefault(share, "0", "Share of the requests that are answered behind the time-out."),
  repeated: withDefault(share, "0", "Share of the requests that are sent twice, of which the second is answered."),
  duplicateReplies: withDefault(share, "0", "Share of the replies that are sent twice."),
  timeout: withDefault(
    durationNs("1ms", "10min"),
    "5s",
    "After how long a monitor counts a request as unanswered; a reply behind it is late.",
  ),
  lateBy: withDefault(durationNs("1ms", "10min"), "1s", "How long behind the time-out late replies come."),
  repeatAfter: withDefault(
    durationNs("1ms", "10min"),
    "1s",
    "After how long a request is repeated. Less than timeout.",
  ),
} as const;

export const dnsElement = element({
  name: "dns",
  meaning: "DNS queries over UDP, and their responses (RFC 1035).",
  attributes: {
    ...endsAttributes(CLIENT_PORTS, "53"),
    ...requestAttributes,
    names: withDefault(listOf(domainName), "www.example.test", "Names asked for, one after the other."),
    type: withDefault(choice("A", "AAAA", "TXT"), "A", "Type asked for."),
    responseCode: withDefault(
      choice("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"),
      "NOERROR",
      "Code of the responses.",
    ),
    answers: withDefault(wholeNumber(0, 20), "1", "Answers in a response with NOERROR."),
  },
});

const ntpElement = element({
  name: "ntp",
  meaning: "Clocks being asked for the time: NTP version 4, client and server mode (RFC 5905).",
  attributes: {
    ...endsAttributes(CLIENT_PORTS, "123"),
    ...requestAttributes,
    stratum: withDefault(wholeNumber(1, 15), "2", "Stratum of the server."),
  },
});

export const snmpElement = element({
  name: "snmp",
  meaning: "SNMP requests and responses. Version 3 is sent without authentication and privacy.",
  attributes: {
    ...endsAttributes(CLIENT_PORTS, "161"),
    ...requestAttributes,
    version: withDefault(choice("1", "2c", "3"), "2c", "Version of SNMP."),
    pdu: withDefault(choice("get", "getNext", "getBulk", "set"), "get", "What is asked. getBulk is not in version 1."),
    oids: withDefault(listOf(objectIdentifier, 20), "1.3.6.1.2.1.1.3.0", "Objects in each request."),
    errorStatus: withDefault(wholeNumber(0, 18), "0", "Error status of the responses (RFC 3416); 0: no error."),
  },
});

const pingElement = element({
  name: "ping",
  meaning: "ICMP and ICMPv6 echo.",
  attributes: {
    ...hostAttributes,
    ...requestAttributes,
    bytes: withDefault(wholeNumber(0, 65_000), "56", "Bytes behind the ICMP header."),
  },
});

const httpElement = element({
  name: "http",
  meaning: "HTTP/1.1 requests and responses on connections of their own (RFC 9112).",
  attributes: {
    ...endsAttributes(CLIENT_PORTS, "80"),
    ...repetitionAttributes,
    ...tcpAttributes,
    host: withDefault(domainName, "www.example.test", "Host that is asked for."),
    method: withDefault(choice("GET", "HEAD", "POST", "PUT"), "GET", "Method; POST and PUT send 1000 bytes."),
    paths: withDefault(listOf(httpPath), "/index.html", "Paths asked for, one after the other."),
    status: withDefault(wholeNumber(200, 599), "200", "Status of the responses."),
    responseBytes: withDefault(byteRange("1GiB"), "2kB-60kB", "Body of the responses."),
    requestsPerConnection: withDefault(wholeNumber(1, 10_000), "1", "Requests on a connection, one after the other."),
    think: withDefault(durationNs("0", "1h"), "200ms", "From the end of a response to the next request."),
    serve: withDefault(durationNs("0", "1h"), "10ms", "From the end of a request to its response."),
    unanswered: withDefault(
      share,
      "0",
      "Share of the requests that are never answered: the client resets the connection after timeout.",
    ),
    timeout: withDefault(durationNs("1ms", "10min"), "10s", "How long the client waits for a response."),
  },
});

export const ftpElement = element({
  name: "ftp",
  meaning: "FTP sessions: a control connection, and a data connection per transfer (RFC 959, RFC 2428).",
  attributes: {
    ...endsAttributes(CLIENT_PORTS, "21"),
    ...repetitionAttributes,
    ...tcpAttributes,
    user: withDefault(token, "trafmon", "User who logs in; the password is invented."),
    login: withDefault(choice("accepted", "refused"), "accepted", "Whether the server lets the user in."),
    mode: withDefault(
      choice("PORT", "EPRT", "PASV", "EPSV"),
      "EPSV",
      "How the data connection is agreed on. PORT and PASV know IPv4 only.",
    ),
    command: withDefault(
      choice("RETR", "STOR", "APPE", "STOU", "LIST", "NLST", "MLSD"),
      "RETR",
      "What is transferred: a file to the client, to the server (three ways), or a listing (three ways).",
    ),
    file: withDefault(ftpPath, "totransfer.tar", "Name of the file."),
    fileBytes: withDefault(byteRange("1GiB"), "1MB", "Bytes of the file or listing."),
    transfers: withDefault(wholeNumber(0, 10_000), "1", "Transfers in a session, one after the other."),
    outcome: withDefault(
      choice("complete", "failed", "aborted"),
      "complete",
      "How transfers end: all is transferred; the server says 550 at once; or the client aborts at half time.",
    ),
    think: withDefault(durationNs("0", "1h"), "50ms", "From a reply to the next command."),
    serve: withDefault(durationNs("0", "1h"), "1ms", "From a command to its reply."),
  },
});

export const exchangeElements = [dnsElement, ntpElement, snmpElement, pingElement, httpElement, ftpElement] as const;

type RequestValues = Parameters<typeof endsOf>[0] & ValuesOf<typeof requestAttributes>;

function requestOf(
  kind: RequestTraffic["kind"],
  values: RequestValues,
  number: number,
  question: Question,
): RequestTraffic {
  return {
    ...endsOf(values, number),
    ...repetitionOf(values),
    ...delaysOf(values),
    kind,
    jitterNs: values.jitter,
    unanswered: values.unanswered,
    late: values.late,
    repeated: values.repeated,
    duplicateReplies: values.duplicateReplies,
    timeoutNs: values.timeout,
    lateByNs: values.lateBy,
    repeatAfterNs: values.repeatAfter,
    question,
  };
}

/** The traffic of an element that is one of `exchangeElements`. */
export function exchangeTraffic(
  read: ReadElement,
  number: number,
  mtuBytes: number,
): RequestTraffic | HttpTraffic | FtpTraffic {
  switch (read.schema.name) {
    case dnsElement.name: {
      const values = valuesOf(read, dnsElement);
      const { names, type, responseCode, answers } = values;
      return requestOf("dns", values, number, { protocol: "dns", names, type, responseCode, answers });
    }
    case ntpElement.name: {
      const values = valuesOf(read, ntpElement);
      return requestOf("ntp", values, number, { protocol: "ntp", stratum: values.stratum });
    }
    case snmpElement.name: {
      const values = valuesOf(read, snmpElement);
      const { version, pdu, oids, errorStatus } = values;
      return requestOf("snmp", values, number, { protocol: "snmp", version, pdu, oids, errorStatus });
    }
    case pingElement.name: {
      const values = valuesOf(read, pingElement);
      return requestOf("ping", values, number, { protocol: "icmp", payloadBytes: values.bytes });
    }
    case httpElement.name:
      return httpTraffic(read, number, mtuBytes);
    default:
      return ftpTraffic(read, number, mtuBytes);
  }
}

function httpTraffic(read: ReadElement, number: number, mtuBytes: number): HttpTraffic {
  const values = valuesOf(read, httpElement);
  return {
    ...endsOf(values, number),
    ...repetitionOf(values),
    ...tcpMannersOf(values, values.from.family, mtuBytes),
    kind: "http",
    host: values.host,
    method: values.method,
    paths: values.paths,
    status: values.status,
    responseBytes: values.responseBytes,
    requestsPerConnection: values.requestsPerConnection,
    thinkNs: values.think,
    serveNs: values.serve,
    unanswered: values.unanswered,
    timeoutNs: values.timeout,
  };
}

function ftpTraffic(read: ReadElement, number: number, mtuBytes: number): FtpTraffic {
  const values = valuesOf(read, ftpElement);
  return {
    ...endsOf(values, number),
    ...repetitionOf(values),
    ...tcpMannersOf(values, values.from.family, mtuBytes),
    kind: "ftp",
    user: values.user,
    login: values.login,
    mode: values.mode,
    command: values.command,
    file: values.file,
    fileBytes: values.fileBytes,
    transfers: values.transfers,
    outcome: values.outcome,
    thinkNs: values.think,
    serveNs: values.serve,
  };
}
