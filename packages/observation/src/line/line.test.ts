import fc from "fast-check";
import { expect, test } from "vitest";
import { observationTypes } from "../catalogue.ts";
import { anyRecord } from "../fixtures/arbitrary-record.ts";
import { sampleRecord } from "../fixtures/sample-record.ts";
import type { ObservationType } from "../observation-type.ts";
import { checkLine } from "./check-line.ts";
import { escapeText, textOfBytes, unescapeText } from "./escape-text.ts";
import { formatLine, logColumns, logHeader } from "./format-line.ts";
import { formatLogFileName, parseLogFileName } from "./log-file-name.ts";
import { parseLine } from "./parse-line.ts";

const run = "00deadbeef00cafe";

test("a line is read back as what it was written from, for every type", () => {
  const cases = fc
    .constantFrom<ObservationType>(...Object.values(observationTypes))
    .chain((type) => fc.tuple(fc.constant(type), anyRecord(type), fc.maxSafeNat()));
  fc.assert(
    fc.property(cases, ([type, record, recordNo]) => {
      const line = formatLine(type)(record, "pro\tbe\\1", run, recordNo);
      expect(line).not.toContain("\n");
      expect(line.split("\t")).toHaveLength(logColumns(type).length);
      expect(parseLine(type)(line)).toEqual({ probe: "pro\tbe\\1", run, recordNo, record });
    }),
    { numRuns: 1000 },
  );
});

test("a line reads as the design says", () => {
  const line = formatLine(observationTypes.ftptf)(sampleRecord(observationTypes.ftptf, "usual"), "p1", run, 12);
  expect(logHeader(observationTypes.ftptf).split("\t").slice(0, 6)).toEqual([
    "probe",
    "run",
    "record_no",
    "flow_id",
    "session_id",
    "client",
  ]);
  expect(line).toBe(
    `p1\t${run}\t12\t100\t101\t192.0.2.2\t103\t192.0.2.4\t105\tuser 6\tRETR\tpath 8\tEPRT\t192.0.2.10\t111\t112\t113` +
      "\t1700000055123456000\t1700000056123456000\t1700000057123456000\t1700000058123456000\t1700000059123456000" +
      "\t119\t120\t121\taborted",
  );
});

/** A line with one field put in the place of a column. */
function faultOf(name: keyof typeof observationTypes, column: string, field: string) {
  const type: ObservationType = observationTypes[name];
  const fields = formatLine(type)(sampleRecord(type, "usual"), "p", run, 1).split("\t");
  fields[logColumns(type).indexOf(column)] = field;
  const line = Buffer.from(fields.join("\t"), "utf8");
  return checkLine(type)(line, 0, line.length);
}

const { flow, ipct } = observationTypes;

test.each([
  ["flow", "flow_id", "", "not a number"],
  ["flow", "flow_id", "-1", "not a number"],
  ["flow", "flow_id", "01", "not a number"],
  ["flow", "flow_id", "1.0", "not a number"],
  ["flow", "flow_id", "9007199254740992", "out of range"],
  ["flow", "flow_id", "10000000000000000", "out of range"],
  ["flow", "flow_id", "\\N", "null"],
  ["flow", "run", "00DEADBEEF00CAFE", "not a run"],
  ["flow", "run", "123", "not a run"],
  ["flow", "record_no", "x", "not a number"],
  ["flow", "direction", "sideways", "unknown name"],
  ["flow", "account", "2", "not a boolean"],
  ["flow", "class", "a\\", "bad escape"],
  ["flow", "class", "a\rb", "bad escape"],
  ["flow", "class", "x".repeat(4097), "too long"],
  ["flow", "fwd_address", "1.2.3", "not an address"],
  ["flow", "fwd_address", "1.2.3.256", "not an address"],
  ["flow", "fwd_address", "1.2.3.04", "not an address"],
  ["flow", "fwd_address", "1.2.3.4.5", "not an address"],
  ["flow", "fwd_address", "", "not an address"],
  ["flow", "fwd_address", "::1::", "not an address"],
  ["flow", "fwd_address", "1:2:3:4:5:6:7:8:9", "not an address"],
  ["ipct", "interval_start_ns", "1700000000000000001", "out of range"],
  ["ipct", "first_ns", "4294967296000000000", "out of range"],
  ["twoway", "delay_sum_squares", "340282366920938463463374607431768211456", "out of range"],
  ["twoway", "slices", "1:2,1:3", "not a histogram"],
  ["twoway", "slices", "1:2,", "not a histogram"],
  ["twoway", "slices", "1", "not a histogram"],
  ["capst", "ethertypes", "a:x", "not a tally"],
  ["capst", "ethertypes", "a,b:3", "not a tally"],
  ["owct", "latency_sum_ns", "-0", "not a number"],
  ["owct", "latency_sum_ns", "-", "not a number"],
  ["owct", "latency_sum_ns", "-9007199254740993", "out of range"],
] as const)("%s %s = %j is refused: %s", (type, column, field, reason) => {
  expect(faultOf(type, column, field)).toEqual({ column, reason, text: field.slice(0, 200) });
});

test.each([
  ["flow", "fwd_address", "0.0.0.0"],
  ["flow", "fwd_address", "255.255.255.255"],
  ["flow", "fwd_address", "2001:db8::1"],
  ["flow", "fwd_address", "::ffff:1.2.3.4"],
  ["flow", "fwd_address", "\\N"],
  ["flow", "class", "tab\\tnewline\\n\\\\ é"],
  ["twoway", "slices", ""],
  ["twoway", "delay_sum_squares", "340282366920938463463374607431768211455"],
  ["ipct", "first_ns", "4294967295999999999"],
  ["owct", "latency_sum_ns", "-9007199254740992"],
] as const)("%s %s = %j is good", (type, column, field) => {
  expect(faultOf(type, column, field)).toBeNull();
});

test("a line with a field too many or too few is refused as a whole", () => {
  const good = formatLine(ipct)(sampleRecord(ipct, "usual"), "p", run, 1);
  for (const line of [`${good}\t1`, good.slice(0, good.lastIndexOf("\t")), ""]) {
    const bytes = Buffer.from(line);
    expect(checkLine(ipct)(bytes, 0, bytes.length)).toMatchObject({ column: null, reason: "field count" });
  }
});

test("bytes that are not UTF-8 in a text are refused", () => {
  const line = Buffer.from(formatLine(flow)(sampleRecord(flow, "usual"), "pXY", run, 1), "latin1");
  line[1] = 0xc3;
  expect(checkLine(flow)(line, 0, line.length)).toMatchObject({ column: "probe", reason: "not UTF-8" });
});

test("any bytes at all are a line or a fault", () => {
  const types = Object.values(observationTypes);
  fc.assert(
    fc.property(fc.constantFrom<ObservationType>(...types), fc.uint8Array({ maxLength: 300 }), (type, bytes) => {
      const fault = checkLine(type)(bytes, 0, bytes.length);
      expect(fault === null || typeof fault.reason === "string").toBe(true);
    }),
  );
});

test("escaping is undone by unescaping, and never looks like null", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(unescapeText(escapeText(text))).toBe(text);
      expect(escapeText(text)).not.toBe("\\N");
    }),
  );
});

test("bytes of a packet become text, and what is no UTF-8 stands byte by byte", () => {
  expect(textOfBytes(Buffer.from("plain é �"))).toBe("plain é �");
  expect(textOfBytes(Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82))).toBe("a\\xff\\xc3(\\xe2\\x82");
  // Overlong, surrogate and beyond U+10FFFF: RFC 3629 section 4 has none of them.
  expect(textOfBytes(Uint8Array.of(0xc0, 0xaf))).toBe("\\xc0\\xaf");
  expect(textOfBytes(Uint8Array.of(0xed, 0xa0, 0x80))).toBe("\\xed\\xa0\\x80");
  expect(textOfBytes(Uint8Array.of(0xf4, 0x90, 0x80, 0x80))).toBe("\\xf4\\x90\\x80\\x80");
});

test("a log file's name tells type, collector, epoch and serial, underscores or not", () => {
  const name = { type: "ipct", collector: "t_mon_1", epoch: "0000018bcfe56800", serial: 42, isPart: true };
  expect(formatLogFileName(name)).toBe("ipct_t_mon_1_0000018bcfe56800_000042.log.part");
  expect(parseLogFileName(formatLogFileName(name))).toEqual(name);
  expect(parseLogFileName("ipct_c_0000018bcfe56800_000042.log")).toMatchObject({ isPart: false, serial: 42 });
  for (const other of ["ipct.log", "ipct_c_1_2.log", "ipct_c_0000018bcfe56800_000042.log.gz"]) {
    expect(parseLogFileName(other)).toBeNull();
  }
});
