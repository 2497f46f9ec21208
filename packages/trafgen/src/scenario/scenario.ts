import type { Instant } from "@trafmon/runtime";
import type { AddressSet } from "./address-set.ts";

/** A scenario as the programs see it: checked, frozen, everything absent filled in. Times are nanoseconds. */
export interface Scenario {
  readonly title: string;
  readonly seed: number;
  /** Instant 0 of capture files. */
  readonly startAt: Instant;
  /** null: until stopped. */
  readonly cycles: number | null;
  /** Between the end of one cycle and the beginning of the next. */
  readonly pauseNs: number;
  /** Longest IP packet; longer ones are sent as fragments. */
  readonly mtuBytes: number;
  readonly target: Target | null;
  /** Taps in the direction of travel; empty: one, where the packets are sent. */
  readonly hops: readonly Hop[];
  readonly traffic: readonly Traffic[];
}

/** Where a scenario is to be sent, unless the command line says otherwise. */
export type Target =
  | { readonly kind: "captureFile"; readonly path: string }
  | {
      readonly kind: "interface";
      readonly name: string;
      readonly sourceMac: Uint8Array | null;
      readonly destinationMac: Uint8Array | null;
    }
  | { readonly kind: "sockets" };

/** A tap, and the way to it from the hop before. */
export interface Hop {
  readonly name: string;
  readonly delayNs: number;
  /** Added to the delay: uniform from 0 to this. */
  readonly jitterNs: number;
  /** Shares of the packets, 0 .. 1. */
  readonly loss: number;
  readonly duplicates: number;
  readonly reordered: number;
  /** How much later a reordered packet comes. */
  readonly reorderedByNs: number;
  /** Passed, but not seen by the tap. */
  readonly missed: number;
  /** Seen twice by the tap. */
  readonly doubled: number;
  /** Error of the tap's clock: added to its timestamps. */
  readonly clockOffsetNs: number;
  /** Routers on the way, which take one from TTL or hop limit each. */
  readonly routers: number;
}

export type Traffic = StreamTraffic | ConversationTraffic | HttpTraffic | FtpTraffic | RequestTraffic;

export type TrafficKind = Traffic["kind"];

/** What all traffic has. */
export interface Ends {
  readonly name: string;
  /** From 1, in the order of the scenario. */
  readonly number: number;
  readonly from: AddressSet;
  readonly to: AddressSet;
  /** How the next address and port are chosen: one after the other, or by chance. */
  readonly pick: "step" | "random";
  readonly fromPorts: PortRange;
  readonly toPorts: PortRange;
  readonly tos: number;
  readonly ttl: number;
  /** null: no tag. */
  readonly vlan: number | null;
  /** After the beginning of the cycle. */
  readonly startNs: number;
}

export interface PortRange {
  readonly first: number;
  readonly count: number;
}

/** Packets by number or bits of IP per second. */
export interface Rate {
  readonly unit: "packets" | "bits";
  readonly perS: number;
}

export type Arrivals = "constant" | "poisson";

/** Single packets at a rate. */
export interface StreamTraffic extends Ends {
  readonly kind: "stream";
  readonly protocol: "udp" | "tcp";
  readonly rate: Rate;
  readonly arrivals: Arrivals;
  /** null: without pause. */
  readonly bursts: { readonly onNs: number; readonly offNs: number; readonly lengths: "fixed" | "exponential" } | null;
  /** At least one of these two is a number. */
  readonly packets: number | null;
  readonly durationNs: number | null;
  readonly payload: "mark" | "zeros" | "random";
  /** UDP over IPv4 only. */
  readonly hasChecksum: boolean;
  readonly dontFragment: boolean;
  /** TCP: the flags octet. */
  readonly flags: number;
  readonly size: PacketSize;
}

/** IP bytes of packets. */
export type PacketSize =
  | { readonly kind: "fixed"; readonly bytes: number }
  | { readonly kind: "uniform"; readonly fromBytes: number; readonly toBytes: number }
  | { readonly kind: "histogram"; readonly bins: readonly SizeBin[] };

export interface SizeBin {
  readonly fromBytes: number;
  readonly toBytes: number;
  readonly weight: number;
}

/** How often something with a beginning and an end is done. */
export interface Repetition {
  readonly count: number;
  /** From start to start. */
  readonly everyNs: number;
  readonly arrivals: Arrivals;
}

/** How far both ends are from the first and the last tap. */
export interface EndDelays {
  readonly clientDelayNs: number;
  readonly serverDelayNs: number;
}

/** How both ends of a TCP connection behave. */
export interface TcpManners extends EndDelays {
  readonly mssBytes: number;
  /** Receive buffer. */
  readonly windowBytes: number;
  readonly windowScale: number;
  readonly timestamps: boolean;
  readonly sack: boolean;
  /** Most segments in flight. */
  readonly flightSegments: number;
  readonly rtoNs: number;
  readonly delayedAcks: boolean;
  /** From one segment to the next when several go at once. */
  readonly gapNs: number;
}

export type Side = "client" | "server";

/** Where on its way something happens to a packet: before all taps, behind all taps, or on the way to a hop. */
export type Place = "sender" | "receiver" | { readonly hop: number };

export interface ConversationTraffic extends Ends, Repetition, TcpManners {
  readonly kind: "conversation";
  readonly begin: "handshake" | "middle" | "refused" | "unanswered";
  readonly ending: "fin" | "reset" | "open";
  readonly steps: readonly Step[];
}

export type Step =
  | {
      readonly kind: "send";
      readonly by: Side;
      readonly bytes: number;
      /** Payload of each segment; null: the MSS. */
      readonly segmentBytes: number | null;
      readonly troubles: readonly Trouble[];
      readonly stalls: readonly Stall[];
    }
  | { readonly kind: "pause"; readonly forNs: number }
  | { readonly kind: "keepAlive"; readonly by: Side; readonly count: number; readonly everyNs: number }
  | { readonly kind: "setWindow"; readonly by: Side; readonly bytes: number }
  | { readonly kind: "halfClose"; readonly by: Side }
  | { readonly kind: "reset"; readonly by: Side };

/** What happens to one segment of a `send`, or to an ACK that answers it. */
export interface Trouble {
  readonly kind: "lose" | "delay" | "duplicate" | "loseAck";
  /** Number of the data segment, or of the pure ACK, within the step, from 1. Retransmissions are not counted. */
  readonly number: number;
  /** `lose`: the first so many transmissions are lost. */
  readonly times: number;
  /** How much later it comes, or its copy. */
  readonly byNs: number;
  readonly at: Place;
}

/** The receiver's program stops reading for a while, so that its window closes. */
export interface Stall {
  /** Once so many bytes of the step have been read. */
  readonly afterBytes: number;
  readonly forNs: number;
}

export interface HttpTraffic extends Ends, Repetition, TcpManners {
  readonly kind: "http";
  readonly host: string;
  readonly method: string;
  readonly paths: readonly string[];
  readonly status: number;
  readonly responseBytes: ByteRange;
  readonly requestsPerConnection: number;
  /** From the last byte of a response to the next request. */
  readonly thinkNs: number;
  /** From the last byte of a request to its response. */
  readonly serveNs: number;
  /** Share of requests without response; the client then resets the connection. */
  readonly unanswered: number;
  readonly timeoutNs: number;
}

export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface FtpTraffic extends Ends, Repetition, TcpManners {
  readonly kind: "ftp";
  readonly user: string;
  readonly login: "accepted" | "refused";
  readonly mode: "PORT" | "EPRT" | "PASV" | "EPSV";
  readonly command: "RETR" | "STOR" | "APPE" | "STOU" | "LIST" | "NLST" | "MLSD";
  readonly file: string;
  readonly fileBytes: ByteRange;
  readonly transfers: number;
  readonly outcome: "complete" | "failed" | "aborted";
  readonly thinkNs: number;
  readonly serveNs: number;
}

/** Requests and replies in one packet each. */
export interface RequestTraffic extends Ends, Repetition, EndDelays {
  readonly kind: "dns" | "ntp" | "snmp" | "ping";
  /** Added to the server's delay: uniform from 0 to this. */
  readonly jitterNs: number;
  /** Shares of the requests, 0 .. 1. */
  readonly unanswered: number;
  readonly late: number;
  readonly repeated: number;
  readonly duplicateReplies: number;
  /** A reply that comes later than this is late. */
  readonly timeoutNs: number;
  /** How long behind the time-out late replies come. */
  readonly lateByNs: number;
  /** A request is repeated after this. */
  readonly repeatAfterNs: number;
  readonly question: Question;
}

export type Question =
  | {
      readonly protocol: "dns";
      readonly names: readonly string[];
      readonly type: "A" | "AAAA" | "TXT";
      readonly responseCode: string;
      readonly answers: number;
    }
  | { readonly protocol: "ntp"; readonly stratum: number }
  | {
      readonly protocol: "snmp";
      readonly version: "1" | "2c" | "3";
      readonly pdu: "get" | "getNext" | "getBulk" | "set";
      readonly oids: readonly string[];
      readonly errorStatus: number;
    }
  | { readonly protocol: "icmp"; readonly payloadBytes: number };
