import { encoderOf, type ObservationType, observationTypes, type RecordOf, writeDataPdu } from "@trafmon/observation";
import { type OutgoingPdu, outgoingPdu } from "@trafmon/transport";
import { expect, test } from "vitest";
import { DefinitionHistory } from "./definition-history.ts";

const { flow, flowend, slice, ipct } = observationTypes;

function pduOf<T extends ObservationType>(type: T, sequence: number, records: readonly RecordOf<T>[]): OutgoingPdu {
  const encoder = encoderOf(type);
  const body = Buffer.alloc(4096);
  let at = 0;
  for (const record of records) at = encoder.encode(record, body, at);
  const watermark = { s: 1, nanos: 0 };
  const head = { type: type.code, isRepeat: false, sequence, watermark, configurationHash: "00".repeat(8) };
  return outgoingPdu(
    writeDataPdu({ ...head, recordCount: records.length, firstRecordNo: 1, body: body.subarray(0, at) }),
  );
}

const flowOf = (flow_id: number): RecordOf<typeof flow> => ({
  flow_id,
  class: "all",
  account: true,
  two_way: true,
  direction: "first",
  ip_version: 4,
  protocol: 17,
  fwd_address: Uint8Array.of(192, 0, 2, 1),
  fwd_prefix_length: 32,
  rev_address: Uint8Array.of(192, 0, 2, 2),
  rev_prefix_length: 32,
  fwd_port: null,
  rev_port: null,
  service: "dns",
  tos: null,
  vlan: null,
  interface: null,
  tap_group: null,
  started_s: 1_700_000_000,
  started_nanos: 1,
});

const flows = (sequence: number, ids: readonly number[]) => pduOf(flow, sequence, ids.map(flowOf));
const endOf = (flow_id: number) => ({ flow_id, ended_s: 1, ended_nanos: 0, reason: "idle" }) as const;

function asked(history: DefinitionHistory, ranges: readonly [number, number][], slicesAndHops = false) {
  return history.answer({ slicesAndHops, flows: ranges.map(([from, until]) => ({ from, until })) });
}

test("what describes an asked flow is said again, as a repeat without a sequence, and nothing else", () => {
  const history = new DefinitionHistory(1 << 20);
  const given = [flows(1, [1, 2, 3]), flows(2, [4, 9]), flows(3, [5, 6])];
  for (const pdu of given) history.note(pdu);
  history.note(pduOf(flowend, 4, [endOf(5)]));
  history.note(pduOf(slice, 5, [{ class: "all", metric: "ipsz", slice: 0, lower: 0, upper: null }]));
  history.note(pduOf(ipct, 6, []));
  const first = (ranges: readonly [number, number][], more = false) =>
    asked(history, ranges, more).map((pdu) => [pdu.type, pdu.sequence, pdu.isRepeat, pdu.recordCount]);
  expect(first([[5, 6]])).toEqual([[flow.code, 0, true, 2]]);
  expect(first([[3, 5]])).toEqual([
    [flow.code, 0, true, 3],
    [flow.code, 0, true, 2],
  ]);
  // 7 and 8 lie between two flows of one PDU.
  expect(first([[7, 9]])).toEqual([]);
  expect(first([[10, 20]], true)).toEqual([[slice.code, 0, true, 1]]);
  expect(first([[5, 6]])).toEqual([[flow.code, 0, true, 2]]);
});

test("the oldest definitions go when there are too many", () => {
  const one = flows(1, [1]);
  const history = new DefinitionHistory(10 * one.bytes.length);
  for (let i = 1; i <= 100; i++) history.note(flows(i, [i]));
  expect(asked(history, [[1, 50]])).toEqual([]);
  expect(asked(history, [[100, 101]])).toHaveLength(1);
});
