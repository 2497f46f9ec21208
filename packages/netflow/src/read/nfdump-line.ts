import { addressText, parseAddress } from "@trafmon/observation";
import type { ExportedFlow, FaultTeller, FlowFields, FlowTime } from "./exported-flow.ts";
import { fieldNumber } from "./field-number.ts";
import type { PlacedFlow } from "./place-flow.ts";

/**
 * The columns asked of nfdump (nfdump(1), Tag definition). Times as text, in the zone of TZ: the same in seconds since the
 * epoch (%ter) loses a digit in nfdump 1.7.1.
 */
export const NFDUMP_FORMAT =
  "fmt:%ra|%ts|%te|%sa|%da|%sp|%dp|%pr|%tos|%flg|%ipkt|%ibyt|%opkt|%obyt|%in|%out|%sas|%das|%tr";
const FIELDS = 19;

/** What nfdump prints for a file without flows. */
export const NFDUMP_NOTHING = /^No match(ing|ed) flows$/;

const FLAGS = "CEUAPRSF";
const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;
const PORT = 65_535;
const WORD = 2 ** 32 - 1;

/**
 * The flows of one line of nfdump in NFDUMP_FORMAT, with TZ=UTC: one, or with counters of the way back (biflows of yaf,
 * ASA and others) two, or none when there is nothing to count. Faults are told. `place` decides upon the times.
 */
export function nfdumpFlows(
  line: string,
  place: (given: FlowFields, received: FlowTime) => PlacedFlow | null,
  tell: FaultTeller,
): ExportedFlow[] {
  const texts = line.split("|").map((each) => each.trim());
  const notUnderstood = () => {
    tell("not understood", line);
    return [];
  };
  if (texts.length !== FIELDS) return notUnderstood();
  const exporter = parseAddress(texts[0]!);
  const first = readTime(texts[1]!);
  const last = readTime(texts[2]!);
  const received = readTime(texts[18]!);
  const source = parseAddress(texts[3]!);
  const destination = parseAddress(texts[4]!);
  const protocol = fieldNumber(texts[7]!, 255);
  const flags = readFlags(texts[9]!);
  if (exporter === null || source === null || destination === null) return notUnderstood();
  if (first === null || last === null || received === null) return notUnderstood();
  if (protocol === null || flags === null) return notUnderstood();
  const sourcePort = fieldNumber(texts[5]!, PORT);
  const destinationPort = readPort(texts[6]!, protocol);
  const tos = fieldNumber(texts[8]!, 255);
  const counts = texts.slice(10, 14).map((each) => fieldNumber(each));
  const [input, output, sourceAs, destinationAs] = texts.slice(14, 18).map((each) => fieldNumber(each, WORD)) as [
    number | null,
    number | null,
    number | null,
    number | null,
  ];
  if (sourcePort === null || destinationPort === null || tos === null || counts.includes(null)) return notUnderstood();
  if (input === null || output === null || sourceAs === null || destinationAs === null) return notUnderstood();
  const [packets, bytes, backPackets, backBytes] = counts as [number, number, number, number];
  if (packets + bytes + backPackets + backBytes === 0) {
    tell("no packets", line);
    return [];
  }
  const placed = place(
    {
      first_s: first.s,
      first_nanos: first.nanos,
      last_s: last.s,
      last_nanos: last.nanos,
      src_address: source,
      dst_address: destination,
      src_port: sourcePort,
      dst_port: destinationPort,
      protocol,
      tos,
      tcp_flags: protocol === TCP ? flags : null,
      packets,
      bytes,
      // nfcapd has multiplied already, by the rate that the exporter announced or its own -s.
      sampling_rate: 1,
      input_interface: input,
      output_interface: output,
      src_as: sourceAs,
      dst_as: destinationAs,
    },
    received,
  );
  if (placed === null) {
    tell("bad time", line);
    return [];
  }
  const flow = { ...placed, exporter: addressText(exporter) };
  const flows: ExportedFlow[] = [];
  if (packets + bytes > 0) flows.push(flow);
  if (backPackets + backBytes > 0) flows.push({ ...flow, fields: wayBack(placed.fields, backPackets, backBytes) });
  return flows;
}

function wayBack(forth: FlowFields, packets: number, bytes: number): FlowFields {
  return {
    ...forth,
    src_address: forth.dst_address,
    dst_address: forth.src_address,
    src_port: forth.dst_port,
    dst_port: forth.src_port,
    // Flags and ToS were told of the way there.
    tos: null,
    tcp_flags: null,
    packets,
    bytes,
    input_interface: forth.output_interface,
    output_interface: forth.input_interface,
    src_as: forth.dst_as,
    dst_as: forth.src_as,
  };
}

/** What nfdump 1.7.5 prints of a flow without times; 1.7.1 prints the epoch. */
const NO_TIME = "0000-00-00 00:00:00.000";

/** `YYYY-MM-DD HH:MM:SS.mmm` . */
function readTime(text: string): FlowTime | null {
  if (text === NO_TIME) return { s: 0, nanos: 0 };
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/.test(text)) return null;
  const ms = Date.parse(`${text.replace(" ", "T")}Z`);
  return ms >= 0 ? { s: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 } : null;
}

/** ICMP's type and code stand as `type.code` where others have the port, and in NetFlow as type x 256 + code. */
function readPort(text: string, protocol: number): number | null {
  const dot = text.indexOf(".");
  if (dot < 0 || (protocol !== ICMP && protocol !== ICMPV6)) return fieldNumber(text, PORT);
  const type = fieldNumber(text.slice(0, dot), 255);
  const code = fieldNumber(text.slice(dot + 1), 255);
  return type === null || code === null ? null : type * 256 + code;
}

/** `...AP.SF`: a letter or a dot for each flag from CWR to FIN. */
function readFlags(text: string): number | null {
  if (text.length !== FLAGS.length) return null;
  let flags = 0;
  for (let i = 0; i < FLAGS.length; i++) {
    if (text[i] === FLAGS[i]) flags |= 0x80 >> i;
    else if (text[i] !== ".") return null;
  }
  return flags;
}
