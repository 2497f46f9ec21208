import { parseAddress } from "@trafmon/observation";
import { type ExportedFlow, type FaultTeller, type FlowTime, withSaneTimes } from "./exported-flow.ts";
import { fieldNumber } from "./field-number.ts";

/** The columns asked of rwcut (rwcut(1), --fields), in its own names. */
export const RWCUT_FIELDS = [
  "sIP",
  "dIP",
  "sPort",
  "dPort",
  "protocol",
  "packets",
  "bytes",
  "flags",
  "sTime",
  "eTime",
  "sensor",
  "in",
  "out",
] as const;

/** How rwcut is to write them: numbers as numbers, UTC seconds with a fraction, `|` between, a line of titles first. */
export const RWCUT_SWITCHES = [
  `--fields=${RWCUT_FIELDS.join(",")}`,
  "--delimited=|",
  "--timestamp-format=epoch",
  "--ip-format=canonical",
  "--ipv6-policy=mix",
  "--integer-sensors",
  "--integer-tcp-flags",
];

const TCP = 6;
const PORT = 65_535;

/** Whether this is the line of titles of RWCUT_FIELDS. Some versions cut titles to the width of their column. */
export function isRwcutTitle(line: string): boolean {
  const titles = line.split("|").map((each) => each.trim());
  return (
    titles.length === RWCUT_FIELDS.length &&
    RWCUT_FIELDS.every((field, i) => field === titles[i] || (titles[i]!.length >= 2 && field.startsWith(titles[i]!)))
  );
}

/** The flow of one line of rwcut, or null with the fault told. */
export function rwcutFlow(
  line: string,
  samplingRate: (sensor: string) => number,
  tell: FaultTeller,
): ExportedFlow | null {
  const texts = line.split("|").map((each) => each.trim());
  const flow = texts.length === RWCUT_FIELDS.length ? read(texts, samplingRate) : null;
  if (flow === null) {
    tell("not understood", line);
    return null;
  }
  if (flow.fields.packets === 0 && flow.fields.bytes === 0) {
    tell("no packets", line);
    return null;
  }
  const sane = withSaneTimes(flow.fields, null);
  if (sane === null) {
    tell("bad time", line);
    return null;
  }
  return { exporter: flow.exporter, ...sane, hour: Math.floor(sane.fields.first_s / 3600), movedMs: 0 };
}

function read(
  texts: readonly string[],
  samplingRate: (sensor: string) => number,
): Pick<ExportedFlow, "exporter" | "fields"> | null {
  const [sIP, dIP, sPort, dPort, protocolText, packetsText, bytesText, flagsText, sTime, eTime, sensor, input, output] =
    texts as [string, ...string[]];
  const source = parseAddress(sIP);
  const destination = parseAddress(dIP!);
  const first = readTime(sTime!);
  const last = readTime(eTime!);
  if (source === null || destination === null || first === null || last === null) return null;
  const sourcePort = fieldNumber(sPort!, PORT);
  const destinationPort = fieldNumber(dPort!, PORT);
  const protocol = fieldNumber(protocolText!, 255);
  const packets = fieldNumber(packetsText!);
  const bytes = fieldNumber(bytesText!);
  const flags = fieldNumber(flagsText!, 255);
  const inputInterface = fieldNumber(input!, 2 ** 32 - 1);
  const outputInterface = fieldNumber(output!, 2 ** 32 - 1);
  if (sourcePort === null || destinationPort === null || protocol === null || flags === null) return null;
  if (packets === null || bytes === null || inputInterface === null || outputInterface === null) return null;
  if (fieldNumber(sensor!, PORT) === null) return null;
  return {
    exporter: sensor!,
    fields: {
      first_s: first.s,
      first_nanos: first.nanos,
      last_s: last.s,
      last_nanos: last.nanos,
      src_address: source,
      dst_address: destination,
      src_port: sourcePort,
      // Of ICMP, type x 256 + code, as in NetFlow itself.
      dst_port: destinationPort,
      protocol,
      // SiLK stores neither ToS nor autonomous systems.
      tos: null,
      tcp_flags: protocol === TCP ? flags : null,
      packets,
      bytes,
      sampling_rate: samplingRate(sensor!),
      input_interface: inputInterface,
      output_interface: outputInterface,
      src_as: null,
      dst_as: null,
    },
  };
}

/** Seconds since the epoch with up to nine digits of a fraction. */
function readTime(text: string): FlowTime | null {
  const match = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return null;
  return { s: Number(match[1]), nanos: Number((match[2] ?? "").padEnd(9, "0")) };
}
