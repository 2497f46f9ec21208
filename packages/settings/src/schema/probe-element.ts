import type { CollectorSettings } from "../model/collector-settings.ts";
import type { InterfaceSettings, ProbeSettings, SendToSettings } from "../model/probe-settings.ts";
import { alertElement, alertSettings } from "./alert-element.ts";
import { optional, required, withDefault } from "./attribute.ts";
import { childrenOf, element, type ReadElement, valuesOf } from "./element.ts";
import { eventSourceElement, eventSourceSettings } from "./event-source-element.ts";
import { healthElement, healthPlace } from "./health-element.ts";
import { targetEndpoint } from "./network-kinds.ts";
import { bitRate, durationMs, durationS, size, wholeNumber } from "./number-kinds.ts";
import { captureFilter, choice, interfaceName, name, path, yesNo } from "./text-kinds.ts";

export const interfaceElement = element({
  name: "interface",
  meaning:
    "A network interface the probe captures on. A probe that only replays files needs none; they then stand for one called `replay`.",
  attributes: {
    name: required(interfaceName, "Name of the interface as `ip link` shows it, or `any`."),
    filter: withDefault(
      captureFilter,
      "",
      "What the kernel lets through to the probe; in a replay the probe leaves out the same. Empty: everything. Traffic filtered away here is in no count at all.",
    ),
    snapLength: withDefault(
      size("64", "262144"),
      "65535",
      "Bytes kept of each packet. Shorter saves memory, but measurements that read payload see only what is kept; counts of bytes stay true.",
    ),
    buffer: withDefault(
      size("1MiB", "1GiB"),
      "64MiB",
      "Kernel buffer for packets the probe has not read yet. Larger takes longer bursts.",
    ),
    promiscuous: withDefault(
      yesNo,
      "yes",
      "Whether packets for other machines are captured too, as a mirror port needs.",
    ),
    tapGroup: optional(
      name,
      "Interfaces that see one and the same traffic, e.g. the two directions of a tap, bear the same name here: a connection is then followed across them.",
      "The interface is a group of its own.",
    ),
    duplicates: optional(
      choice("detect", "ignore"),
      "Whether copies of a frame are told from packets of their own on this interface.",
      "What the probe says.",
    ),
  },
});

export const sendToElement = element({
  name: "sendTo",
  meaning: "A collector that gets everything the probe measures. Several get a copy each and never slow each other.",
  attributes: {
    collector: required(name, "Name of a collector of this file."),
    address: optional(
      targetEndpoint,
      "Where datagrams for it are sent, where that differs from where it listens (address translation, a collector on all addresses).",
      "The collector's own listen address, which must then be one address and one port.",
    ),
    rate: withDefault(
      bitRate("8kbit", "100Gbit"),
      "100Mbit",
      "Most bits per second sent to it, headers not counted. What is more waits in the spool.",
    ),
  },
});

export const probeElement = element({
  name: "probe",
  meaning: "One process that watches packets and measures them.",
  attributes: {
    name: required(name, "Name given on the command line of tmon_probe. It stands in every record."),
    keyFile: optional(
      path,
      'File of the key shared with the collectors: 32 bytes as 64 hexadecimal digits, mode 0600. The collector reads the same path. Used with security="sealed" only.',
      "/etc/trafMon/cred/ followed by the probe's name and .key.",
    ),
    security: withDefault(
      choice("sealed", "none"),
      "sealed",
      "Whether datagrams are encrypted and authenticated, or open to anybody on the way. The collectors must say the same.",
    ),
    spoolDir: optional(
      path,
      "Folder of what is not acknowledged yet. It must survive a restart.",
      "/var/trafMon/spool/ followed by the probe's name.",
    ),
    spool: withDefault(
      size("1MiB", "1TiB"),
      "1GiB",
      "Most bytes in the spool. When it is full the oldest counters go first, and the gap is reported.",
    ),
    maxPdu: withDefault(
      wholeNumber(512, 65000),
      "1400",
      "Most bytes of UDP payload in a datagram. Set it so that no datagram is fragmented on the way.",
    ),
    flushInterval: withDefault(durationS("100ms", "1h"), "2s", "Longest time a record waits for its datagram to fill."),
    heartbeat: withDefault(
      durationS("100ms", "1h"),
      "5s",
      "How often a probe that has nothing to say shows that it lives. After three of them missed, the collector reports it silent.",
    ),
    lateness: withDefault(
      durationS("0", "1h"),
      "2s",
      "How long an interval stays open for packets that come out of order, in packet time. What comes later makes a further record.",
    ),
    maxStep: withDefault(
      durationS("1s", "365d"),
      "5min",
      "Most that packet time may leap ahead at one packet. A further leap counts only once more packets confirm it, so that one wrong timestamp cannot end all intervals.",
    ),
    maxFlows: withDefault(
      wholeNumber(1024, 16_777_216),
      "262144",
      "Most flow instances at a time. Beyond, packets count in the overflow instance of their class.",
    ),
    maxConnections: withDefault(
      wholeNumber(1024, 16_777_216),
      "262144",
      "Most TCP connections followed at a time. Beyond, an opening never completed is given up, else the connection idle longest is ended as evicted.",
    ),
    maxStreams: withDefault(
      wholeNumber(64, 1_048_576),
      "32768",
      "Most TCP connections whose payload is read at a time, for FTP and other protocols. Beyond, the one silent longest is read no longer, which is counted. A connection takes some kilobytes, about 60 where somebody makes it take much.",
    ),
    maxFragments: withDefault(
      wholeNumber(64, 1_048_576),
      "16384",
      "Most IP datagrams under reassembly at a time. Beyond, the oldest is given up and counted.",
    ),
    maxRequests: withDefault(
      wholeNumber(1024, 16_777_216),
      "65536",
      "Most requests awaited or remembered at a time, of each class and protocol that measures two-way delays. Beyond, the oldest counts as unanswered, and an event tells how many.",
    ),
    maxIdentities: withDefault(
      wholeNumber(1024, 4_194_304),
      "65536",
      "Most names and leases of addresses remembered at a time. Beyond, the one not heard of longest is forgotten, and told anew when it is heard of again.",
    ),
    duplicates: withDefault(
      choice("detect", "ignore"),
      "detect",
      "Whether copies of a frame, as mirror ports make them, are told from packets of their own. They count as packets, and beside them as duplicates; TCP, transactions and one-way verdicts leave them out. docs/duplicates.md says how they are told from packets sent again.",
    ),
    duplicateWindow: withDefault(
      durationMs("1ms", "1s"),
      "10ms",
      "Longest time between a frame and its copy. A TCP connection's round trip, where it is shorter, is the limit, and 1 ms while that is not known.",
    ),
    ring: withDefault(
      size("1MiB", "4GiB"),
      "64MiB",
      "Memory between capture and analysis. Larger takes longer bursts; packets that find it full are counted as dropped.",
    ),
  },
  children: () => [
    { element: interfaceElement, occurs: "any" },
    { element: sendToElement, occurs: "some" },
    { element: eventSourceElement, occurs: "any" },
    { element: healthElement, occurs: "optional" },
    { element: alertElement, occurs: "any" },
  ],
});

export function probeSettings(read: ReadElement, collectors: readonly CollectorSettings[]): ProbeSettings {
  const values = valuesOf(read, probeElement);
  return {
    name: values.name,
    keyFile: values.keyFile ?? `/etc/trafMon/cred/${values.name}.key`,
    security: values.security,
    spoolDir: values.spoolDir ?? `/var/trafMon/spool/${values.name}/`,
    spoolBytes: values.spool,
    maxPduBytes: values.maxPdu,
    flushIntervalS: values.flushInterval,
    heartbeatS: values.heartbeat,
    latenessS: values.lateness,
    maxStepS: values.maxStep,
    interfaces: childrenOf(read, interfaceElement).map((each) => interfaceSettings(each, values.duplicates)),
    sendTo: childrenOf(read, sendToElement).map((each) => sendToSettings(each, collectors)),
    eventSources: childrenOf(read, eventSourceElement).map(eventSourceSettings),
    maxFlows: values.maxFlows,
    maxConnections: values.maxConnections,
    maxStreams: values.maxStreams,
    maxFragments: values.maxFragments,
    maxRequests: values.maxRequests,
    maxIdentities: values.maxIdentities,
    detectsDuplicates: values.duplicates === "detect",
    duplicateWindowMs: values.duplicateWindow,
    ringBytes: values.ring,
    alerts: alertSettings(read),
    health: healthPlace(read),
  };
}

function interfaceSettings(read: ReadElement, duplicates: "detect" | "ignore"): InterfaceSettings {
  const values = valuesOf(read, interfaceElement);
  return {
    name: values.name,
    filter: values.filter,
    snapLengthBytes: values.snapLength,
    bufferBytes: values.buffer,
    promiscuous: values.promiscuous,
    tapGroup: values.tapGroup ?? values.name,
    detectsDuplicates: (values.duplicates ?? duplicates) === "detect",
  };
}

function sendToSettings(read: ReadElement, collectors: readonly CollectorSettings[]): SendToSettings {
  const values = valuesOf(read, sendToElement);
  const collector = collectors.find((each) => each.name === values.collector);
  if (collector === undefined) throw new Error(`no rule refused the unknown collector ${values.collector}`);
  return {
    collector: values.collector,
    address: values.address?.address ?? collector.listenAddress,
    port: values.address?.port ?? collector.listenPort,
    rateBitsPerS: values.rate,
  };
}
