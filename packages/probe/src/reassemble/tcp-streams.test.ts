import { FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import { expect, test } from "vitest";
import { flowClasses } from "../classify/flow-class.ts";
import { INSTANCE_CLASS, INSTANCE_PINS, INSTANCE_STRIDE, setInstanceId } from "../classify/instance-record.ts";
import { TUPLE_FIRST_MEMBER, TupleCache } from "../classify/tuple-cache.ts";
import { RecordPool } from "../tables/record-pool.ts";
import { flowClass } from "../testing/analysis-settings.ts";
import { KeptStream } from "../testing/kept-stream.ts";
import { type PacketFields, packetRecord } from "../testing/packet-record-builder.ts";
import type { Endpoint, StreamConnection } from "./stream-protocol.ts";
import { TcpStreams } from "./tcp-streams.ts";

const [ACK, SYN, SYNACK, FIN, RST] = [0x10, 0x02, 0x12, 0x11, 0x14];
const CLIENT = Uint8Array.of(10, 0, 0, 9);
const SERVER = Uint8Array.of(10, 0, 0, 1);

const endpoint = ({ address, port }: Endpoint) => ({ address, port });

interface Opened {
  readonly connection: StreamConnection;
  readonly client: KeptStream;
  readonly server: KeptStream;
}

/** Two classes, of which the second asks for port 21; every packet belongs to both. */
function start({ maxStreams = 1000, isBusy = (): boolean => false } = {}) {
  const classes = flowClasses([flowClass(), flowClass({ name: "ftp", account: false })]);
  const instances = new RecordPool(INSTANCE_STRIDE, 10);
  for (const index of [0, 1]) {
    const slot = instances.take();
    instances.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS] = index;
    setInstanceId(instances, slot, 70 + slot);
  }
  const opened: Opened[] = [];
  const streams = new TcpStreams({
    classes,
    instances,
    interfaces: [{ name: "eth0", tapGroup: "a" }],
    protocols: [
      {
        protocol: {
          open: (connection) => {
            const each = { connection, client: new KeptStream(), server: new KeptStream() };
            opened.push(each);
            return { ...each, isBusy };
          },
        },
        ports: [[], [{ from: 21, to: 21 }]],
      },
    ],
    maxStreams,
  });
  const tuples = new TupleCache(classes, 100);
  let nanos = 0;
  return {
    opened,
    streams,
    pins: () => [1, 2].map((slot) => instances.words[slot * INSTANCE_STRIDE + INSTANCE_PINS]),
    packet: (fields: PacketFields & { readonly text?: string }) => {
      const payload = Buffer.from(fields.text ?? "");
      const s = fields.s ?? 0;
      const words = packetRecord({
        source: CLIENT,
        destination: SERVER,
        sourcePort: 40_000,
        destinationPort: 21,
        tcpFlags: ACK,
        flags: FLAG_TRANSPORT | FLAG_PORTS,
        payload,
        payloadBytes: payload.length,
        ...fields,
        s,
        nanos: ++nanos,
      });
      const entry = tuples.findOrAdd(words, 0);
      tuples.setMembers(entry, 2, 0);
      tuples.words[entry + TUPLE_FIRST_MEMBER] = 1 << 1;
      tuples.words[entry + TUPLE_FIRST_MEMBER + 2] = 2 << 1;
      streams.segment(words, 0, tuples.words, entry, s, nanos);
    },
  };
}

const fromServer = { source: SERVER, destination: CLIENT, sourcePort: 21, destinationPort: 40_000 };

/** A connection with a word from either side. */
function talk({ packet }: ReturnType<typeof start>, initial = 100): void {
  packet({ tcpFlags: SYN, sequence: initial });
  packet({ ...fromServer, tcpFlags: SYNACK, sequence: 500, acknowledgement: initial + 1 });
  packet({ sequence: initial + 1, acknowledgement: 501 });
  packet({ ...fromServer, sequence: 501, text: "welcome" });
  packet({ sequence: initial + 1, acknowledgement: 508, text: "hello" });
}

test("each side's bytes go to its reader, and the connection to the classes that ask", () => {
  const started = start();
  talk(started);
  const { opened, pins, streams, packet } = started;
  expect(opened).toHaveLength(1);
  const [{ connection, client, server }] = opened as [Opened];
  expect([client.text, server.text]).toEqual(["hello", "welcome"]);
  expect(endpoint(connection.client)).toEqual({ address: CLIENT, port: 40_000 });
  expect(endpoint(connection.server)).toEqual({ address: SERVER, port: 21 });
  expect(connection.isWhole).toBe(true);
  expect(connection.members.map(({ flowClass, slot, flowId }) => [flowClass.settings.name, slot, flowId])).toEqual([
    ["ftp", 2, 72],
  ]);
  expect(pins()).toEqual([0, 1]);
  expect([streams.asks(1, 40_000, 21), streams.asks(1, 21, 22), streams.asks(1, 20, 22)]).toEqual([true, true, false]);
  expect(streams.asks(0, 40_000, 21)).toBe(false);

  packet({ tcpFlags: FIN, sequence: 106 });
  expect(pins()).toEqual([0, 1]);
  packet({ ...fromServer, tcpFlags: FIN, sequence: 508 });
  expect([client.how, server.how]).toEqual(["fin", "fin"]);
  expect(pins()).toEqual([0, 0]);
});

test("a reset ends both sides; what comes then is no new connection", () => {
  const started = start();
  talk(started);
  started.packet({ ...fromServer, tcpFlags: RST, sequence: 508 });
  started.packet({ sequence: 106, text: "late" });
  expect(started.opened).toHaveLength(1);
  expect(started.opened[0]!.client.how).toBe("rst");
  expect(started.opened[0]!.server.how).toBe("rst");
  expect(started.pins()).toEqual([0, 0]);
});

test("a SYN with another sequence number begins another connection, the same SYN again does not", () => {
  const started = start();
  talk(started);
  started.packet({ tcpFlags: SYN, sequence: 100 });
  expect(started.opened[0]!.client.how).toBe(null);
  talk(started, 9000);
  expect(started.opened.map(({ client }) => [client.text, client.how])).toEqual([
    ["hello", "superseded"],
    ["hello", null],
  ]);
  expect(started.pins()).toEqual([0, 1]);
});

test("the first ACK stands in for a SYN-ACK that the tap missed", () => {
  const { packet, opened } = start();
  packet({ tcpFlags: SYN, sequence: 100 });
  packet({ sequence: 101, acknowledgement: 501 });
  packet({ ...fromServer, sequence: 504, text: "come" });
  packet({ ...fromServer, sequence: 501, text: "wel" });
  expect(opened[0]!.server.text).toBe("welcome");
});

test("a connection is picked up in its midst, from its first payload", () => {
  const { packet, opened } = start();
  packet({ sequence: 700, acknowledgement: 5 });
  packet({ tcpFlags: FIN, sequence: 700, acknowledgement: 5 });
  expect(opened).toHaveLength(0);
  packet({ ...fromServer, sequence: 5, text: "226 done" });
  expect(opened[0]!.connection.isWhole).toBe(false);
  expect(endpoint(opened[0]!.connection.client)).toEqual({ address: CLIENT, port: 40_000 });
  expect(opened[0]!.server.text).toBe("[?]226 done");
});

test("of two ports that are asked for, the one that received the SYN is the server's", () => {
  const { packet, opened } = start();
  packet({ sourcePort: 21, tcpFlags: SYN, sequence: 0 });
  packet({ sourcePort: 21, sequence: 1, text: "x" });
  expect(endpoint(opened[0]!.connection.server)).toEqual({ address: SERVER, port: 21 });
});

test("a silent connection ends after an hour, unless a reader waits for something", () => {
  for (const busy of [false, true]) {
    const started = start({ isBusy: () => busy });
    talk(started);
    started.streams.turnTo(3599, 0);
    expect(started.opened[0]!.client.how).toBe(null);
    started.streams.turnTo(3600, 0);
    expect(started.opened[0]!.client.how).toBe(busy ? null : "idle");
    expect(started.pins()).toEqual([0, busy ? 1 : 0]);
  }
});

test("a connection that one side has closed ends after two minutes of silence", () => {
  const started = start();
  talk(started);
  started.packet({ tcpFlags: FIN, sequence: 106 });
  started.streams.turnTo(119, 0);
  expect(started.opened[0]!.server.how).toBe(null);
  started.streams.turnTo(120, 0);
  expect([started.opened[0]!.client.how, started.opened[0]!.server.how]).toEqual(["fin", "idle"]);
  expect(started.pins()).toEqual([0, 0]);
});

test("a hole is given up by the clock", () => {
  const started = start();
  started.packet({ tcpFlags: SYN, sequence: 100 });
  started.packet({ sequence: 103, acknowledgement: 0, text: "llo" });
  started.streams.turnTo(4, 0);
  expect(started.opened[0]!.client.text).toBe("");
  started.streams.turnTo(5, 0);
  expect(started.opened[0]!.client.text).toBe("[2]llo");
});

test("a flood of SYNs evicts none that are read; when all are read, the one silent longest goes", () => {
  const started = start({ maxStreams: 50 });
  talk(started);
  for (let port = 1000; port < 3000; port++) started.packet({ sourcePort: port, tcpFlags: SYN, sequence: port });
  expect(started.opened[0]!.client.how).toBe(null);
  expect(started.streams.evicted).toBe(2000 - 49);
  const before = started.streams.bytes;
  for (let port = 1000; port < 3000; port++) {
    started.packet({ sourcePort: port, sequence: port, text: "x" });
    expect(started.opened.filter(({ client }) => client.how === null).length).toBeLessThanOrEqual(50);
  }
  expect(started.opened[0]!.client.how).toBe("evicted");
  expect(started.streams.bytes).toBe(before);
  expect(started.pins()).toEqual([0, 50]);
});

test("the end of all gives what is held", () => {
  const started = start();
  started.packet({ tcpFlags: SYN, sequence: 100 });
  started.packet({ sequence: 103, text: "llo" });
  started.streams.finish(0, 0);
  expect([started.opened[0]!.client.text, started.opened[0]!.client.how]).toEqual(["[2]llo", "stop"]);
  expect(started.pins()).toEqual([0, 0]);
});
