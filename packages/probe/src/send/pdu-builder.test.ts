import {
  decoderOf,
  type ObservationType,
  observationTypes,
  readDataPdu,
  specialPdus,
  typeByCode,
} from "@trafmon/observation";
import { Counters } from "@trafmon/runtime";
import type { OutgoingPdu } from "@trafmon/transport";
import { expect, test } from "vitest";
import { PduBuilder } from "./pdu-builder.ts";

const { flow, ipsz, event } = observationTypes;

function building(flushIntervalS = 2, maxPduBytes = 600) {
  const pdus: OutgoingPdu[] = [];
  const counters = new Counters();
  const options = { maxPduBytes, flushIntervalS, configurationHash: "00112233445566aa", counters };
  const builder = new PduBuilder(options, { take: (pdu) => pdus.push(pdu) });
  return { builder, pdus, counters };
}

function size(i: number) {
  return { flow_id: i * 1000, interval_start_s: 60, interval_s: 60, slice: 1, fwd_packets: i, rev_packets: 0 };
}

function happening(text: string) {
  return { at_s: 1, at_nanos: 0, origin: "test", severity: "info" as const, code: "x", text, parameters: "{}" };
}

function instance(i: number) {
  const nothing = { fwd_address: null, fwd_prefix_length: null, rev_address: null, rev_prefix_length: null };
  const ports = {
    fwd_port: null,
    rev_port: null,
    service: null,
    tos: null,
    vlan: null,
    interface: null,
    tap_group: null,
  };
  const rest = { account: true, two_way: true, direction: "first" as const, ip_version: 4, protocol: 6 };
  return { flow_id: i, class: "all", ...rest, ...nothing, ...ports, started_s: 1, started_nanos: 0 };
}

function recordsOf(pdus: readonly OutgoingPdu[], type: ObservationType): Record<string, unknown>[] {
  const records: Record<string, unknown>[] = [];
  for (const pdu of pdus.map(({ bytes }) => readDataPdu(bytes))) {
    if (pdu.type !== type.code) continue;
    expect(pdu.firstRecordNo).toBe(records.length + 1);
    decoderOf(type)(pdu.body, pdu.recordCount, (record) => records.push(structuredClone(record) as never));
  }
  return records;
}

test("every record comes once and in order, in PDUs no longer than allowed, numbered without a hole", () => {
  const { builder, pdus } = building();
  const sizes = builder.writerOf(ipsz);
  const events = builder.writerOf(event);
  for (let i = 0; i < 1000; i++) {
    sizes.write(size(i));
    if (i % 50 === 0) events.write(happening("y".repeat(i)));
  }
  builder.end();
  expect(recordsOf(pdus, ipsz).map((record) => record.fwd_packets)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(recordsOf(pdus, event).map((record) => String(record.text).length)).toEqual(
    Array.from({ length: 20 }, (_, i) => i * 50),
  );
  expect(pdus.map((pdu) => pdu.sequence)).toEqual(pdus.map((_, i) => i + 1));
  expect(pdus.at(-1)?.type).toBe(specialPdus.end);
  // A record longer than a PDU travels alone.
  for (const pdu of pdus) expect(pdu.bytes.length <= 600 - 52 || pdu.recordCount === 1).toBe(true);
});

test("a PDU is sealed when its oldest record is as old as the flush interval by the source clock", () => {
  const { builder, pdus } = building(2);
  const sizes = builder.writerOf(ipsz);
  builder.advance(100, 500_000_000);
  sizes.write(size(1));
  builder.advance(101, 0);
  sizes.write(size(2));
  builder.advance(102, 499_999_999);
  expect(pdus).toHaveLength(0);
  builder.advance(102, 500_000_000);
  expect(pdus).toHaveLength(1);
  expect(readDataPdu(pdus[0]!.bytes)).toMatchObject({ recordCount: 2, watermark: { s: 102, nanos: 500_000_000 } });
});

test("a clock set back leaves nothing waiting for the time that was", () => {
  const { builder, pdus } = building(2);
  builder.advance(5000, 0);
  builder.writerOf(ipsz).write(size(1));
  builder.advance(100, 0);
  expect(pdus).toHaveLength(1);
});

test("the watermark does not pass what another type still holds back", () => {
  const { builder, pdus } = building(2);
  builder.advance(100, 0);
  builder.writerOf(event).write(happening("a"));
  builder.advance(101, 0);
  builder.writerOf(ipsz).write(size(1));
  builder.advance(102, 0);
  // The event is out; the sizes, opened at 101, are not.
  expect(readDataPdu(pdus[0]!.bytes)).toMatchObject({ type: event.code, watermark: { s: 101, nanos: 0 } });
});

test("the watermark does not pass what may still be written of a time gone by; the clock does", () => {
  const { builder, pdus } = building(2);
  builder.advance(100, 0);
  builder.writerOf(ipsz).write(size(1));
  builder.advance(102, 0, 99);
  expect(pdus).toHaveLength(1);
  expect(readDataPdu(pdus[0]!.bytes)).toMatchObject({ watermark: { s: 99, nanos: 0 } });
  builder.advance(103, 5);
  expect(builder.watermark()).toEqual({ s: 103, nanos: 5 });
});

test("what was held, and then written, is under way before the watermark passes its time", () => {
  const { builder, pdus } = building(2);
  builder.advance(100, 0, 90);
  builder.writerOf(ipsz).write(size(1));
  builder.writerOf(event).write(happening("held since 90"));
  builder.advance(101, 0);
  const [first, second] = pdus.map(({ bytes }) => readDataPdu(bytes));
  expect([first!.type, second!.type]).toEqual([ipsz.code, event.code]);
  // The event is in none yet when the sizes go.
  expect(first!.watermark).toEqual({ s: 90, nanos: 0 });
  expect(second!.watermark).toEqual({ s: 101, nanos: 0 });
});

test("definitions go ahead of what uses them", () => {
  const { builder, pdus } = building();
  const flows = builder.writerOf(flow);
  const sizes = builder.writerOf(ipsz);
  for (let i = 1; i < 3000; i++) {
    if (i % 7 === 0) flows.write(instance(i));
    sizes.write(size(i));
    if (i % 100 === 0) builder.advance(i / 10, 0);
  }
  builder.end();
  const known = new Set<number>();
  for (const { bytes } of pdus) {
    const pdu = readDataPdu(bytes);
    const type = typeByCode(pdu.type);
    if (type === flow) decoderOf(flow)(pdu.body, pdu.recordCount, ({ flow_id }) => known.add(flow_id));
    if (type === ipsz) {
      decoderOf(ipsz)(pdu.body, pdu.recordCount, ({ fwd_packets: i }) => {
        if (i % 7 === 0) expect(known.has(i)).toBe(true);
      });
    }
  }
  expect(known.size).toBe(428);
});

test("a record with a value out of range is refused and counted, and its number is not given again", () => {
  const { builder, pdus, counters } = building();
  const sizes = builder.writerOf(ipsz);
  sizes.write(size(1));
  sizes.write({ ...size(2), rev_packets: -1 });
  sizes.write({ ...size(3), slice: Number.NaN });
  sizes.write(size(4));
  builder.end();
  const heads = pdus.filter(({ type }) => type === ipsz.code).map(({ bytes }) => readDataPdu(bytes));
  expect(heads.map((pdu) => [pdu.firstRecordNo, pdu.recordCount])).toEqual([
    [1, 1],
    [4, 1],
  ]);
  expect(counters.snapshot().get("records_refused{ipsz}")).toBe(2);
  expect(counters.snapshot().get("records_made_ipsz")).toBe(4);
});
