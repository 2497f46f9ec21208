import {
  choice,
  dscp,
  name,
  optional,
  required,
  size,
  type ValuesOf,
  wholeNumber,
  withDefault,
  yesNo,
} from "@trafmon/settings/schema";
import type { EndDelays, Ends, PortRange, Repetition, TcpManners } from "../scenario.ts";
import { addressSet } from "./address-kinds.ts";
import { durationNs, octet, ports } from "./amount-kinds.ts";

/** Attributes that several kinds of traffic share. */

const LONGEST = "90d";

/** Between whom, and how: all traffic has these. */
export const hostAttributes = {
  name: required(name, "Name in the ledger and in what is printed. No two kinds of traffic have the same."),
  from: required(addressSet, "Addresses of the side that begins: senders, clients."),
  to: required(addressSet, "Addresses of the other side: receivers, servers. Of the same family."),
  pick: withDefault(
    choice("step", "random"),
    "step",
    "How addresses and ports are picked where several are given, for each packet of a stream, connection or request: each list steps on by one, or each is drawn by chance.",
  ),
  dscp: optional(dscp, "Differentiated services code point; the ECN bits are 0.", "As tos says, else 0."),
  tos: optional(octet, "The whole ToS octet or traffic class, in place of dscp.", "As dscp says, else 0."),
  ttl: withDefault(wholeNumber(1, 255), "64", "TTL or hop limit."),
  vlan: optional(wholeNumber(0, 4094), "Id of an 802.1Q tag.", "No tag."),
  start: withDefault(durationNs("0", LONGEST), "0", "When it begins, after the beginning of the cycle."),
} as const;

/** With ports; `fromPort`, `toPort`: what is taken when they are absent. */
export function endsAttributes(fromPort: string, toPort: string) {
  return {
    ...hostAttributes,
    fromPort: withDefault(ports, fromPort, "Ports of the side that begins."),
    toPort: withDefault(ports, toPort, "Ports of the other side."),
  } as const;
}

type EndsValues = ValuesOf<typeof hostAttributes> & { readonly fromPort?: PortRange; readonly toPort?: PortRange };

const NO_PORTS: PortRange = { first: 0, count: 1 };

export function endsOf(values: EndsValues, number: number): Ends {
  return {
    name: values.name,
    number,
    from: values.from,
    to: values.to,
    pick: values.pick,
    fromPorts: values.fromPort ?? NO_PORTS,
    toPorts: values.toPort ?? NO_PORTS,
    tos: values.tos ?? values.dscp?.from ?? 0,
    ttl: values.ttl,
    vlan: values.vlan,
    startNs: values.start,
  };
}

export const repetitionAttributes = {
  count: withDefault(wholeNumber(1, 1_000_000_000), "1", "How often it is done in a cycle."),
  every: withDefault(
    durationNs("0", "1d"),
    "1s",
    "Time from one start to the next. With 0 all start at once; the next need not wait for the end of the one before.",
  ),
  arrivals: withDefault(
    choice("constant", "poisson"),
    "constant",
    "Whether starts are evenly spaced, or come by chance with exponential gaps whose mean is every.",
  ),
} as const;

export function repetitionOf(values: ValuesOf<typeof repetitionAttributes>): Repetition {
  return { count: values.count, everyNs: values.every, arrivals: values.arrivals };
}

export const delayAttributes = {
  clientDelay: withDefault(
    durationNs("0", "10min"),
    "100us",
    "One-way delay between the side that begins and the first tap.",
  ),
  serverDelay: withDefault(
    durationNs("0", "10min"),
    "5ms",
    "One-way delay between the last tap and the other side. Both delays, and those of the hops, there and back make the round trip.",
  ),
} as const;

export function delaysOf(values: ValuesOf<typeof delayAttributes>): EndDelays {
  return { clientDelayNs: values.clientDelay, serverDelayNs: values.serverDelay };
}

/** How both ends of a TCP connection behave. */
export const tcpAttributes = {
  ...delayAttributes,
  mss: optional(
    wholeNumber(64, 9000),
    "Most payload bytes in a segment, of both sides.",
    "What fills a packet of the mtu.",
  ),
  window: withDefault(size("512", "1GiB"), "64KiB", "Receive buffer of both sides: the most that may be unread."),
  windowScale: withDefault(
    wholeNumber(0, 14),
    "7",
    "Shift of the window scale option (RFC 7323); 0 leaves the option out.",
  ),
  timestamps: withDefault(yesNo, "yes", "Whether segments carry timestamps (RFC 7323)."),
  sack: withDefault(yesNo, "yes", "Whether selective acknowledgements are permitted and sent (RFC 2018, RFC 2883)."),
  flight: withDefault(
    wholeNumber(1, 10_000),
    "10",
    "Most segments in flight, as a congestion window that never moves.",
  ),
  rto: withDefault(
    durationNs("10ms", "1min"),
    "300ms",
    "Retransmission time-out; doubles with every further one, up to a minute. SYNs use it too.",
  ),
  delayedAcks: withDefault(
    yesNo,
    "yes",
    "Whether a receiver acknowledges every second segment, or after 40 ms, or each at once.",
  ),
  gap: withDefault(
    durationNs("0", "1s"),
    "120us",
    "Time from one segment to the next when several go at once: 120us is a full packet at 100 Mbit/s.",
  ),
} as const;

/** Bytes of the IP and TCP headers of a data segment; the only option of such a one is the timestamps, padded. */
export function segmentHeaderBytes(family: 4 | 6, timestamps: boolean): number {
  return (family === 6 ? 60 : 40) + (timestamps ? 12 : 0);
}

export function tcpMannersOf(values: ValuesOf<typeof tcpAttributes>, family: 4 | 6, mtuBytes: number): TcpManners {
  return {
    ...delaysOf(values),
    mssBytes: values.mss ?? mtuBytes - segmentHeaderBytes(family, values.timestamps),
    windowBytes: values.window,
    windowScale: values.windowScale,
    timestamps: values.timestamps,
    sack: values.sack,
    flightSegments: values.flight,
    rtoNs: values.rto,
    delayedAcks: values.delayedAcks,
    gapNs: values.gap,
  };
}
