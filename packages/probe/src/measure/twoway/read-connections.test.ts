import { FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import { expect, test } from "vitest";
import { analysed } from "../../testing/analysed.ts";
import { ALL_MEASUREMENTS, flowClass } from "../../testing/analysis-settings.ts";
import type { PacketFields } from "../../testing/packet-record-builder.ts";

const START_S = 1_700_000_040;
const CLIENT = { source: Uint8Array.of(10, 0, 0, 9), destination: Uint8Array.of(10, 0, 0, 1) };
const SERVER = { source: CLIENT.destination, destination: CLIENT.source };
const [SYN, SYNACK, ACK] = [2, 0x12, 0x10];

const random = (byte: number) => Array<number>(32).fill(byte);
const record = (type: number, body: readonly number[]) =>
  Uint8Array.of(22, 3, 1, 0, body.length + 4, type, 0, 0, body.length, ...body);
const CLIENT_HELLO = record(1, [3, 3, ...random(1), 0, 0, 2, 0x13, 1, 1, 0, 0, 0]);
const SERVER_HELLO = record(2, [3, 3, ...random(2), 0, 0x13, 1, 0, 0, 0]);

/** A TLS connection from port 40000 to 443, from so many milliseconds on; the answer takes `delayMs`. */
function connection(atMs: number, initial: number, delayMs: number, hasSynAck = true): PacketFields[] {
  const segment = (
    ms: number,
    isClient: boolean,
    tcpFlags: number,
    sequence: number,
    acknowledgement: number,
    payload = new Uint8Array(0),
  ): PacketFields => ({
    ...(isClient ? CLIENT : SERVER),
    s: START_S + Math.floor((atMs + ms) / 1000),
    nanos: ((atMs + ms) % 1000) * 1e6,
    sourcePort: isClient ? 40_000 : 443,
    destinationPort: isClient ? 443 : 40_000,
    flags: FLAG_TRANSPORT | FLAG_PORTS,
    tcpFlags,
    sequence: initial + sequence,
    acknowledgement: initial + acknowledgement,
    payload,
    payloadBytes: payload.length,
    ipBytes: 40 + payload.length,
  });
  const [asked, answered] = [1 + CLIENT_HELLO.length, 1 + SERVER_HELLO.length];
  return [
    segment(0, true, SYN, 0, 0),
    ...(hasSynAck ? [segment(1, false, SYNACK, 0, 1)] : []),
    segment(2, true, ACK, 1, 1),
    segment(3, true, ACK, 1, 1, CLIENT_HELLO),
    segment(3 + delayMs, false, ACK, 1, asked, SERVER_HELLO),
    // What follows is of no interest, either way.
    segment(4 + delayMs, true, ACK, asked, answered, Uint8Array.of(23, 3, 3, 0, 1, 9)),
    segment(5 + delayMs, false, ACK, answered, asked + 6, Uint8Array.of(23, 3, 3, 0, 1, 9)),
  ];
}

function delaysMs(packets: readonly PacketFields[]): unknown[] {
  const { twoWayDelays, transactions } = ALL_MEASUREMENTS;
  return analysed(packets, [flowClass({ measure: { twoWayDelays, transactions } })], { maxStepS: 100_000 })
    .of("trans")
    .filter(({ protocol }) => protocol === "tls")
    .map(({ delay_ns }) => (delay_ns === null ? null : delay_ns / 1e6));
}

test("a connection that has been read is left alone, until a SYN begins another on the same ports", () => {
  expect(delaysMs([...connection(0, 1000, 10), ...connection(500, 90_000, 20), ...connection(9000, 7, 30)])).toEqual([
    10, 20, 30,
  ]);
});

test("so it is when the SYN-ACK of the other one was not captured", () => {
  expect(delaysMs([...connection(0, 1000, 10), ...connection(500, 90_000, 20, false)])).toEqual([10, 20]);
});
