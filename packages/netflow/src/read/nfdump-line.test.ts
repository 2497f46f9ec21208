import { addressText } from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FlowFault, FlowFields, FlowTime } from "./exported-flow.ts";
import { nfdumpFlows } from "./nfdump-line.ts";
import { placeFlow } from "./place-flow.ts";

/** As nfdump 1.7.1 prints it. */
const LINE =
  "                              192.0.2.254|2026-11-21 15:59:50.975|2026-11-21 16:00:30.397|                           10.101.84.70|" +
  "                         129.174.93.161| 10978|    80|6    |  8|...AP.SF|     248|   12424|       0|       0|     3|     4| 64512|4200000000|2026-11-21 16:19:35.160";

/** The file that it stands in. */
const FILE = {
  path: "nfcapd.202611211615",
  startMs: Date.UTC(2026, 10, 21, 16, 15),
  endMs: Date.UTC(2026, 10, 21, 16, 20),
};

function read(line: string) {
  const faults: FlowFault[] = [];
  const place = (given: FlowFields, received: FlowTime) => placeFlow(given, received, FILE, 1_800_000);
  return { flows: nfdumpFlows(line, place, (fault) => faults.push(fault)), faults };
}

/** The line with one of its fields another. */
function withField(place: number, text: string): string {
  const fields = LINE.split("|");
  fields[place] = text;
  return fields.join("|");
}

test("a line is read field by field", () => {
  const { flows, faults } = read(LINE);
  expect(faults).toEqual([]);
  expect(flows).toHaveLength(1);
  const { exporter, fields, correction } = flows[0]!;
  expect([exporter, addressText(fields.src_address), addressText(fields.dst_address)]).toEqual([
    "192.0.2.254",
    "10.101.84.70",
    "129.174.93.161",
  ]);
  expect(correction).toBeNull();
  expect(fields).toMatchObject({
    first_s: Date.UTC(2026, 10, 21, 15, 59, 50) / 1000,
    first_nanos: 975_000_000,
    last_s: Date.UTC(2026, 10, 21, 16, 0, 30) / 1000,
    last_nanos: 397_000_000,
    src_port: 10978,
    dst_port: 80,
    protocol: 6,
    tos: 8,
    tcp_flags: 0x1b,
    packets: 248,
    bytes: 12424,
    sampling_rate: 1,
    input_interface: 3,
    output_interface: 4,
    src_as: 64512,
    dst_as: 4_200_000_000,
  });
});

test("ICMP's type and code become type x 256 + code; a dot elsewhere is refused", () => {
  const icmp = withField(6, "  3.13").replace("|6    |", "|1    |");
  expect(read(icmp).flows[0]!.fields).toMatchObject({ protocol: 1, dst_port: 3 * 256 + 13, tcp_flags: null });
  expect(read(withField(6, "3.13")).faults).toEqual(["not understood"]);
});

test("impossible times are put right and told of", () => {
  const turned = read(withField(1, "2026-11-21 16:00:31.000")).flows[0]!;
  expect(turned.correction).toBe("ended before it began");
  expect(turned.fields).toMatchObject({ first_nanos: 397_000_000, last_nanos: 0 });
  const long = read(withField(1, "2026-11-14 16:00:30.396")).flows[0]!;
  expect(long.correction).toBe("lasted more than 7 days");
  expect(long.fields.last_s).toBe(long.fields.first_s);
  expect(read(withField(1, "2026-11-14 16:00:30.397")).flows[0]!.correction).toBe("exported late");
  const none = read(
    withField(1, "1970-01-01 00:00:00.000").replace(/2026-11-21 16:00:30.397/, "1970-01-01 00:00:00.000"),
  );
  expect(none.flows[0]).toMatchObject({
    correction: "without times",
    fields: { first_s: Date.UTC(2026, 10, 21, 16, 19, 35) / 1000, last_nanos: 160_000_000 },
  });
});

test("every shorter line is refused, none is misread", () => {
  // The last field is complete with its last digit only.
  for (let length = 0; length < LINE.length; length++) {
    expect(read(LINE.slice(0, length)).flows, LINE.slice(0, length)).toEqual([]);
  }
});

test.each([
  [0, "router"],
  [1, "2026-11-21 15:59:50"],
  [1, "2026-13-21 15:59:50.975"],
  [3, "10.101.84"],
  [5, "65536"],
  [7, "256"],
  [8, "-1"],
  [9, "APSF"],
  [9, "....X..."],
  [10, "1.2 M"],
  [11, "99999999999999999"],
  [16, "4294967296"],
])("field %i as %j is not understood", (place, text) => {
  expect(read(withField(place, text))).toEqual({ flows: [], faults: ["not understood"] });
});

test("no text whatever makes it throw, and what is no flow is told of", () => {
  const field = fc.oneof(
    fc.string(),
    fc.constantFrom("0", "1.2.3.4", "::", "2026-11-21 15:59:50.975", "........", "6"),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(field, { minLength: 19, maxLength: 19 }).map((each) => each.join("|")),
      ),
      (line) => {
        const { flows, faults } = read(line);
        expect(flows.length + faults.length).toBeGreaterThan(0);
      },
    ),
  );
});
