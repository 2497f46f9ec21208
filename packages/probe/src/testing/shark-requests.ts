import { spawnSync } from "node:child_process";

/** A request that tshark sees, and the frame it takes for its answer. */
export interface SharkRequest {
  readonly protocol: "icmp" | "dns" | "ntp" | "snmp" | "http";
  /** Instants as tshark writes them, seconds and nine decimals. */
  readonly requested: string;
  readonly replied: string | null;
  /** What both sides say, in the words of `trans`, as far as tshark tells it. */
  readonly said: string;
  /** Numbers of the frames, for people. */
  readonly frames: string;
}

const FIELDS = [
  "frame.number",
  "frame.time_epoch",
  "frame.protocols",
  "ip.dst",
  "ipv6.dst",
  "ip.fragment",
  "ipv6.fragment",
  "icmp.type",
  "icmp.ident",
  "icmp.seq",
  "icmp.resp_to",
  "icmpv6.type",
  "icmpv6.echo.identifier",
  "icmpv6.echo.sequence_number",
  "icmpv6.resp_to",
  "dns.flags.response",
  "dns.id",
  "dns.qry.name",
  "dns.flags.rcode",
  "dns.response_to",
  "dns.retransmission",
  "ntp.flags.mode",
  "ntp.flags.vn",
  "ntp.stratum",
  "ntp.xmt",
  "ntp.org",
  "snmp.data",
  "snmp.version",
  "snmp.request_id",
  "snmp.error_status",
  "snmp.response_to",
  "http.request.method",
  "http.request.uri.path",
  "http.request.uri",
  "http.host",
  "http.request.version",
  "http.response.code",
  "http.request_in",
] as const;

type Frame = Readonly<Record<(typeof FIELDS)[number], string>>;

/** Packets within packets stay closed, as we leave them. */
const CLOSED = ["ip.proto==4,data", "ip.proto==41,data", "ip.proto==47,data"];

/**
 * tshark's answer to a request's body is the frame that completes the body, unless bodies are left apart; ours is the one
 * that completes the header.
 */
const PREFERENCES = ["http.desegment_body:FALSE", "http.dechunk_body:FALSE"];

/** Flags, as Wireshark writes them from 4.2 on, in the digits of before. */
const TRUTHS = new Map([
  ["True", "1"],
  ["False", "0"],
]);

const HTTP_VERSION = /^HTTP\//;
const ERRORS = ["noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr"];
const CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
const SNMP_REQUESTS = ["0", "1", "3", "5", "6"];

/**
 * The requests of a capture file as tshark sees them, in no certain order: without what an ICMP error quotes, and without
 * what goes to a multicast address, which are no requests by our definition.
 */
export function sharkRequests(path: string): SharkRequest[] {
  const options = ["-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-E", "separator=/t"];
  const { stdout } = spawnSync(
    "tshark",
    [
      ...options,
      ...CLOSED.flatMap((rule) => ["-d", rule]),
      ...PREFERENCES.flatMap((preference) => ["-o", preference]),
      ...FIELDS.flatMap((field) => ["-e", field]),
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const frames = stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const values = line.split("\t").map((value) => TRUTHS.get(value) ?? value);
      return Object.fromEntries(FIELDS.map((field, index) => [field, values[index] ?? ""])) as Frame;
    });
  const byNumber = new Map(frames.map((frame) => [frame["frame.number"], frame]));
  // What tshark puts together out of fragments counts with the fragment that bears the header.
  const instantOf = (frame: Frame) =>
    byNumber.get(frame["ip.fragment"] || frame["ipv6.fragment"] || frame["frame.number"])!["frame.time_epoch"];
  const answers = answersOf(frames);
  return frames.flatMap((frame) => {
    const protocol = requestProtocol(frame);
    if (protocol === null || isQuoted(frame) || goesToMany(frame)) return [];
    const answer = answers.get(`${protocol} ${frame["frame.number"]}`);
    return {
      protocol,
      requested: instantOf(frame),
      replied: answer === undefined ? null : instantOf(answer),
      said: saidBy(protocol, frame, answer),
      frames: `${frame["frame.number"]}-${answer?.["frame.number"] ?? ""}`,
    };
  });
}

/** The first answer to each request frame. */
function answersOf(frames: readonly Frame[]): Map<string, Frame> {
  const answers = new Map<string, Frame>();
  const ntpRequests = new Map<string, Frame>();
  const note = (protocol: string, request: string, answer: Frame) => {
    const key = `${protocol} ${request}`;
    if (request !== "" && !answers.has(key)) answers.set(key, answer);
  };
  for (const frame of frames) {
    note("icmp", frame["icmp.resp_to"] || frame["icmpv6.resp_to"], frame);
    note("dns", frame["dns.response_to"], frame);
    note("snmp", frame["snmp.response_to"], frame);
    note("http", frame["http.request_in"], frame);
    // This tshark does not tie NTP packets, but shows what ties them.
    if (frame["ntp.flags.mode"] === "3") ntpRequests.set(frame["ntp.xmt"], frame);
    const asked = frame["ntp.flags.mode"] === "4" ? ntpRequests.get(frame["ntp.org"]) : undefined;
    if (asked !== undefined) note("ntp", asked["frame.number"], frame);
  }
  return answers;
}

function isQuoted({ "frame.protocols": protocols }: Frame): boolean {
  return /:icmp(v6)?:.*\b(dns|ntp|snmp)$/.test(protocols);
}

function goesToMany(frame: Frame): boolean {
  return /^ff/.test(frame["ipv6.dst"]) || /^(22[4-9]|23\d)\./.test(frame["ip.dst"]);
}

function requestProtocol(frame: Frame): SharkRequest["protocol"] | null {
  if (frame["icmp.type"] === "8" || frame["icmpv6.type"] === "128") return "icmp";
  if (frame["dns.flags.response"] === "0" && frame["dns.retransmission"] === "") return "dns";
  if (frame["ntp.flags.mode"] === "3") return "ntp";
  if (frame["snmp.data"] !== "" && SNMP_REQUESTS.includes(frame["snmp.data"])) return "snmp";
  return frame["http.request.method"] !== "" && HTTP_VERSION.test(frame["http.request.version"]) ? "http" : null;
}

function saidBy(protocol: SharkRequest["protocol"], request: Frame, answer: Frame | undefined): string {
  switch (protocol) {
    case "icmp":
      return request["icmp.type"] === ""
        ? `${Number(request["icmpv6.echo.identifier"])}/${request["icmpv6.echo.sequence_number"]}`
        : `${Number(request["icmp.ident"])}/${request["icmp.seq"]}`;
    case "dns":
      return said(request["dns.id"], request["dns.qry.name"].replace("<Root>", "."), code(answer?.["dns.flags.rcode"]));
    case "ntp":
      return said(request["ntp.flags.vn"], answer?.["ntp.stratum"]);
    case "snmp":
      return said(
        request["snmp.request_id"],
        request["snmp.version"] === "0" ? "1" : "2c",
        answer && ERRORS[Number(answer["snmp.error_status"])],
      );
    case "http":
      return said(
        request["http.request.method"],
        request["http.host"],
        request["http.request.uri.path"] || request["http.request.uri"],
        answer?.["http.response.code"],
      );
  }
}

function code(number: string | undefined): string | undefined {
  return number === undefined ? undefined : CODES[Number(number)];
}

/** In the words of `trans`: what nobody says is empty. */
export function said(...words: readonly (string | null | undefined)[]): string {
  return words.map((word) => word ?? "").join(" ");
}
