import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ethernet, ethernetIp, icmp, ipv4, ipv6, TCP_ACK, TCP_SYN, tcp, udp, vlanTag } from "@trafmon/packet";
import { expect, test } from "vitest";
import { InlineFeed } from "../capture/inline-feed.ts";
import { followsTcp, payloadWishes } from "../measure/catalogue.ts";
import { fewServices } from "../testing/analysed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../testing/analysis-settings.ts";
import { MadeFrames } from "../testing/made-frames.ts";
import { ToldCounts } from "../testing/told-counts.ts";
import { Analysis } from "./analysis.ts";

/** What the configuration allows. */
const LIMITS = { maxFlows: 256, maxConnections: 128, maxStreams: 64, maxFragments: 32, maxRequests: 100 };
/** Each measures all there is; the second what is in tunnels. */
const CLASSES = [
  flowClass({ measure: ALL_MEASUREMENTS }),
  flowClass({ name: "inside", account: false, header: "inner", measure: ALL_MEASUREMENTS }),
];
const FRAMES = 6000;
/** Garbage that stays, and code that is compiled meanwhile; something kept of each frame would be more. */
const NOISE_BYTES = 512 * 1024;
/** More than tables of these limits may take. */
const MOST_TABLE_BYTES = 8 * 1024 * 1024;

/** What a flood is known to push out, when each of its frames wants a place of its own. */
const PUSHED_OUT = {
  flows: { flows_overflowed: { tuples: CLASSES.length * FRAMES - LIMITS.maxFlows } },
  attempts: { connections_evicted: { attempts: FRAMES - LIMITS.maxConnections } },
  connections: { connections_evicted: { connections: FRAMES - LIMITS.maxConnections } },
  streams: { streams_evicted: { connections: FRAMES - LIMITS.maxStreams } },
  requests: { requests_evicted: { requests: CLASSES.length * (FRAMES - LIMITS.maxRequests) } },
};

interface Flood {
  /** The nth frame, from 0. */
  readonly frame: (n: number) => Uint8Array;
  /** All that events are to say but for what is cut off at the end, by code: what was given up for want of room, or could not be read. */
  readonly told: { readonly [code: string]: { readonly [count: string]: unknown } };
  /** Absent: its packets are counted, one a frame. Else why they cannot be decoded. */
  readonly undecodable?: string;
}

const SERVER = Uint8Array.of(192, 0, 2, 1);
const CLIENT = Uint8Array.of(198, 51, 100, 1);
const FROM_CLIENT = { sourcePort: 40_000, flags: TCP_ACK };

const floods: { readonly [name: string]: Flood } = {
  "datagrams between random ends": {
    frame: (n) => ethernetIp(ipv4(host(random(n)), host(random(~n)), udp(9, 5000))),
    told: PUSHED_OUT.flows,
  },
  "segments with random headers": {
    frame: (n) => {
      const numbers = { sequence: random(n + 1), acknowledgement: random(n + 2), flags: random(n + 3) & 0x3f };
      return ethernetIp(
        ipv4(host(random(n)), host(random(~n)), tcp({ sourcePort: 9, destinationPort: 9, ...numbers })),
      );
    },
    told: {
      ...PUSHED_OUT.flows,
      connections_evicted: { connections: expect.any(Number), attempts: expect.any(Number) },
      requests_evicted: { requests: expect.any(Number) },
    },
  },
  SYNs: {
    frame: (n) => ethernetIp(ipv4(host(n), SERVER, tcp({ sourcePort: 1024, destinationPort: 80, flags: TCP_SYN }))),
    told: { ...PUSHED_OUT.flows, ...PUSHED_OUT.attempts, ...PUSHED_OUT.streams, ...PUSHED_OUT.requests },
  },
  "connections that never end": { frame: crowd(9, "x"), told: { ...PUSHED_OUT.flows, ...PUSHED_OUT.connections } },
  "fragments without a first one": {
    frame: (n) => ethernetIp(ipv4(host(n), SERVER, udp(1, 2), { fragmentOffset: 1480 })),
    told: { ...PUSHED_OUT.flows, fragments_unresolved: { limit: FRAMES - LIMITS.maxFragments } },
  },
  "IPv6 fragments without a first one": {
    frame: (n) => {
      const header = Uint8Array.of(0, 1480 >> 8, 1480 & 0xff, n >>> 24, n >>> 16, n >>> 8, n);
      const ends = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)] as const;
      return ethernetIp(ipv6(...ends, udp(1, 2), { extensions: [[44, header]] }));
    },
    told: { fragments_unresolved: { limit: FRAMES - LIMITS.maxFragments } },
  },
  "fragments of one datagram that overlap": {
    frame: (n) => {
      const place = { fragmentOffset: 8 + 8 * (random(n) % 4000), moreFragments: true };
      return ethernetIp(ipv4(CLIENT, SERVER, udp(n & 0xffff, 2, new Uint8Array(40)), place));
    },
    told: {
      fragments_unresolved: { limit: FRAMES - LIMITS.maxFragments },
      fragments_overlap: { ipv4: expect.any(Number) },
    },
  },
  "pings, each with another identifier": {
    frame: (n) => ethernetIp(ipv4(CLIENT, SERVER, icmp(8, 0, n))),
    told: PUSHED_OUT.requests,
  },
  "ICMP of every type and code": {
    frame: (n) => ethernetIp(ipv4(CLIENT, SERVER, icmp(n & 0xff, n >>> 8, n))),
    told: {},
  },
  "DNS queries, each with another number and name": {
    frame: ask(53, (n) => bytes(word(n), [1, 0, 0, 1, 0, 0, 0, 0, 0, 0], [2, 97 + (n >>> 16), 97, 0], [0, 1, 0, 1])),
    told: PUSHED_OUT.requests,
  },
  "NTP requests": {
    frame: ask(123, (n) => bytes([0x23], new Uint8Array(41), [n >>> 8, n, 0, 0, 0, 1])),
    told: PUSHED_OUT.requests,
  },
  "SNMP requests, each with another number": {
    frame: ask(161, (n) => {
      const pdu = bytes([2, 4, 0, n >>> 16, n >>> 8, n, 2, 1, 0, 2, 1, 0, 48, 0]);
      return bytes([48, 8 + pdu.length, 2, 1, 1, 4, 1, 120, 0xa0, pdu.length], pdu);
    }),
    told: PUSHED_OUT.requests,
  },
  "SNMP of sequences in sequences": {
    frame: ask(161, (n) => bytes(new Uint8Array(1200).fill(48), word(n))),
    told: { messages_unreadable: { snmp: CLASSES.length * FRAMES } },
  },
  "DNS messages over TCP that stay incomplete": {
    frame: crowd(53, bytes([255, 255, 0, 1])),
    told: { ...PUSHED_OUT.flows, ...PUSHED_OUT.connections, ...PUSHED_OUT.streams },
  },
  "an HTTP header without end": {
    frame: talk(80, (n) => (n === 0 ? "GET / HTTP/1.1\r\n" : `X-${n}: ${"y".repeat(200)}\r\n`)),
    told: {},
  },
  "an HTTP line without end": { frame: talk(80, (n) => (n === 0 ? "GET /" : "z".repeat(1000))), told: {} },
  "HTTP requests without replies": {
    frame: talk(80, () => "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    told: { requests_undecided: { requests: 64 * CLASSES.length } },
  },
  "HTTP headers that stay incomplete": {
    frame: crowd(80, `GET / HTTP/1.1\r\nX: ${"y".repeat(1000)}`),
    told: { ...PUSHED_OUT.flows, ...PUSHED_OUT.connections, ...PUSHED_OUT.streams },
  },
  "TLS hellos that stay incomplete": {
    frame: crowd(443, bytes([22, 3, 1, 64, 0, 1, 0, 63, 252], new Uint8Array(1000))),
    told: { ...PUSHED_OUT.flows, ...PUSHED_OUT.connections, ...PUSHED_OUT.streams },
  },
  "TLS records without end": {
    frame: talk(443, () => bytes([22, 3, 1, 0, 4, 4, 0, 0, 0])),
    told: {},
  },
  "FTP commands without replies": {
    frame: talk(21, () => "NOOP\r\n", "220 ready\r\n"),
    told: { ftp_given_up: { commands: FRAMES - 2 - 64 } },
  },
  "FTP agreements without transfers": {
    frame: talk(21, (n) => `EPRT |1|10.0.0.9|${1 + n}|\r\n`, "220 ready\r\n"),
    told: { ftp_given_up: { commands: FRAMES - 2 - 64 } },
  },
  "FTP retrievals without replies": {
    frame: talk(21, (n) => `RETR ${n}${"p".repeat(600)}\r\n`, "220 ready\r\n"),
    told: { ftp_given_up: { commands: FRAMES - 2 - 64, transfers: expect.any(Number) } },
  },
  "FTP replies without end": { frame: talk(21, (n) => (n === 0 ? "220-" : "y".repeat(1000)), "", true), told: {} },
  "FTP sessions that begin": {
    frame: crowd(21, "USER anonymous\r\n"),
    told: { ...PUSHED_OUT.flows, ...PUSHED_OUT.connections, ...PUSHED_OUT.streams },
  },
  "FTP sessions that begin transfers": {
    frame: crowd(21, "PORT 10,0,0,9,4,1\r\nRETR a\r\nRETR b\r\n"),
    told: {
      ...PUSHED_OUT.flows,
      ...PUSHED_OUT.connections,
      ...PUSHED_OUT.streams,
      ftp_given_up: { transfers: expect.any(Number), offers: expect.any(Number) },
    },
  },
  "segments far ahead of their stream": {
    frame: (n) => {
      const place = n === 0 ? { flags: TCP_SYN } : { sequence: 3000 * n };
      const fields = { ...FROM_CLIENT, destinationPort: 21, payload: new Uint8Array(1000), ...place };
      return ethernetIp(ipv4(CLIENT, SERVER, tcp(fields)));
    },
    told: { stream_bytes_given_up: { times: expect.any(Number) } },
  },
  "packets 40 deep in packets": {
    frame: (n) => {
      let packet = ipv4(host(n), SERVER, udp(1, 2));
      for (let depth = 0; depth < 40; depth++) packet = ipv4(host(n), SERVER, carried(packet));
      return ethernetIp(packet);
    },
    told: PUSHED_OUT.flows,
  },
  "tunnels, each with another number": {
    frame: (n) => {
      const inner = ethernetIp(ipv4(CLIENT, SERVER, tcp({ ...FROM_CLIENT, destinationPort: 9, payload: text("x") })));
      const tunnel = bytes([8, 0, 0, 0, n >>> 16, n >>> 8, n, 0], inner);
      return ethernetIp(ipv4(CLIENT, SERVER, udp(50_000, 4789, tunnel)));
    },
    told: PUSHED_OUT.connections,
  },
  "stacks of 60 tags": {
    frame: (n) =>
      ethernet(
        0x0800,
        ipv4(host(n), SERVER, udp(1, 2)),
        Array.from({ length: 60 }, () => vlanTag(1)),
      ),
    told: {},
    undecodable: "tag_depth",
  },
};

test.each(Object.entries(floods))("%s: memory stays as it is, and every one is counted", async (_, flood) => {
  const told = new ToldCounts();
  const settings = analysisSettings(CLASSES, LIMITS);
  const analysis = new Analysis(settings, { sink: told, serviceOf: fewServices });
  const tables: number[] = [];
  const live: number[] = [];
  const source = new MadeFrames(FRAMES, flood.frame, async (given) => {
    if (given !== FRAMES / 3 && given !== FRAMES) return;
    tables.push(analysis.figures.memoryBytes);
    live.push(await liveBytes());
  });
  const feed = new InlineFeed(source, {
    probe: settings.probe.name,
    interfaces: settings.interfaces.map((each) => each.name),
    classes: CLASSES,
    payload: CLASSES.map(({ measure }) => payloadWishes(measure)),
    followsTcp: followsTcp(CLASSES),
    copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  const { requests_cut_off: atTheEnd, ...events } = told.counts;
  expect(events).toEqual(flood.told);
  expect(told.undecodable).toEqual(flood.undecodable === undefined ? {} : { [flood.undecodable]: FRAMES });
  expect(told.accounted).toBe(flood.undecodable === undefined ? FRAMES : 0);
  const [before, after] = tables as [number, number];
  expect(after).toBeLessThan(1.05 * before);
  expect(after).toBeLessThan(MOST_TABLE_BYTES);
  expect(live[1]! - live[0]!).toBeLessThan(NOISE_BYTES);
});

/** Bytes that JavaScript holds when all garbage is gone: what tables do not tell of stands here. */
async function liveBytes(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    collectGarbage();
    await pause(1);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A connection on which one side says so much, a segment a frame. Its SYN, and what was said first, come before. */
function talk(
  port: number,
  say: (n: number) => string | Uint8Array,
  greeting = "",
  isServer = false,
): (n: number) => Uint8Array {
  const next = { client: 1, server: 1 };
  const send = (isFromServer: boolean, payload: Uint8Array, flags = TCP_ACK) => {
    const side = isFromServer ? "server" : "client";
    const [source, destination] = isFromServer ? [SERVER, CLIENT] : [CLIENT, SERVER];
    const ports = isFromServer
      ? { sourcePort: port, destinationPort: 40_000 }
      : { sourcePort: 40_000, destinationPort: port };
    const sequence = flags & TCP_SYN ? 0 : next[side];
    next[side] = (next[side] + payload.length) >>> 0;
    return ethernetIp(ipv4(source!, destination!, tcp({ ...ports, sequence, flags, payload })));
  };
  return (n) => {
    if (n === 0) return send(false, text(""), TCP_SYN);
    if (n === 1) return send(true, text(greeting));
    const words = say(n - 2);
    return send(isServer, typeof words === "string" ? text(words) : words);
  };
}

/** Connections, each from another host, of which nothing is seen but a segment that says this. */
function crowd(port: number, words: string | Uint8Array): (n: number) => Uint8Array {
  const payload = typeof words === "string" ? text(words) : words;
  const segment = { ...FROM_CLIENT, destinationPort: port, sequence: 1, payload };
  return (n) => ethernetIp(ipv4(host(n), SERVER, tcp(segment)));
}

/** Datagrams of one client. */
function ask(port: number, request: (n: number) => Uint8Array): (n: number) => Uint8Array {
  return (n) => ethernetIp(ipv4(CLIENT, SERVER, udp(40_000, port, request(n))));
}

function carried(packet: Uint8Array) {
  return { protocol: 4, bytes: packet, checksumAt: null, withPseudoHeader: false };
}

/** A number that looks random, the same one each time. */
function random(n: number): number {
  let x = Math.imul(n + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}

/** The nth of 16 million addresses. */
function host(n: number): Uint8Array {
  return Uint8Array.of(10, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
}

function word(n: number): readonly number[] {
  return [(n >>> 8) & 0xff, n & 0xff];
}

function bytes(...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Uint8Array.from(part)));
}

function text(words: string): Uint8Array {
  return Buffer.from(words, "latin1");
}
