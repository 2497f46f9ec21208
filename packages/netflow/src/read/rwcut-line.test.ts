import { addressText } from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FlowFault } from "./exported-flow.ts";
import { isRwcutTitle, rwcutFlow } from "./rwcut-line.ts";

/** As rwcut(1) documents it with --delimited, --timestamp-format=epoch, --integer-sensors and --integer-tcp-flags. */
const TITLE = "sIP|dIP|sPort|dPort|protocol|packets|bytes|flags|sTime|eTime|sensor|in|out";
const LINE = "10.0.0.1|2001:db8::2|40000|443|6|12|3456|27|1795276790.123|1795276830.000|5|1|2";

function read(line: string, rate = 1) {
  const faults: FlowFault[] = [];
  return {
    flow: rwcutFlow(
      line,
      () => rate,
      (fault) => faults.push(fault),
    ),
    faults,
  };
}

test("a line is read field by field, with the sensor's sampling rate", () => {
  const { flow, faults } = read(LINE, 100);
  expect(faults).toEqual([]);
  expect(flow!.exporter).toBe("5");
  expect([flow!.fields.src_address, flow!.fields.dst_address].map((each) => addressText(each))).toEqual([
    "10.0.0.1",
    "2001:db8::2",
  ]);
  expect(flow!.fields).toMatchObject({
    first_s: 1795276790,
    first_nanos: 123_000_000,
    last_s: 1795276830,
    last_nanos: 0,
    src_port: 40000,
    dst_port: 443,
    protocol: 6,
    tos: null,
    tcp_flags: 27,
    packets: 12,
    bytes: 3456,
    sampling_rate: 100,
    input_interface: 1,
    output_interface: 2,
    src_as: null,
  });
});

test("times without a fraction, and with nanoseconds as SiLK 3.23 has them, are read", () => {
  expect(read(LINE.replace("1795276790.123", "1795276790")).flow!.fields.first_nanos).toBe(0);
  expect(read(LINE.replace("1795276790.123", "1795276790.123456789")).flow!.fields.first_nanos).toBe(123_456_789);
});

test("the titles are those of the fields, whole or cut to a column's width, and no others", () => {
  expect(isRwcutTitle(TITLE)).toBe(true);
  expect(isRwcutTitle(TITLE.replace("protocol", "pro").replace("sensor", "sen"))).toBe(true);
  expect(isRwcutTitle(TITLE.replace("packets|bytes", "bytes|packets"))).toBe(false);
  expect(isRwcutTitle(`${TITLE}|class`)).toBe(false);
  expect(isRwcutTitle(LINE)).toBe(false);
});

test.each([
  LINE.replace("10.0.0.1", "167772161"),
  LINE.replace("|6|", "|tcp|"),
  LINE.replace("|27|", "|FS PA|"),
  LINE.replace("1795276790.123", "2026/11/21T15:59:50.123"),
  LINE.replace("|5|", "|S5|"),
  `${LINE}|`,
])("%s is not understood", (line) => {
  expect(read(line)).toEqual({ flow: null, faults: ["not understood"] });
});

test("every shorter line is refused but where a number merely ends earlier", () => {
  for (let length = 0; length < LINE.lastIndexOf("|") + 1; length++) {
    expect(read(LINE.slice(0, length)).flow).toBeNull();
  }
});

test("no text whatever makes it throw", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.string(), { minLength: 13, maxLength: 13 }).map((each) => each.join("|")),
      ),
      (line) => {
        const { flow, faults } = read(line);
        expect(flow === null).toBe(faults.length > 0);
      },
    ),
  );
});
