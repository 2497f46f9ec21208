import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LedgerRow, ledgerRows } from "../../ledger/ledger-rows.ts";
import { ledgerFlows } from "../../testing/ledger-flows.ts";
import { makeCapture } from "../../testing/made-capture.ts";
import { withFolder } from "../../testing/temporary-folder.ts";
import { hasTshark, tsharkFields, tsharkFlows, wrongChecksums } from "../../testing/tshark.ts";

const conversation = (steps: string, attributes = "") =>
  `<trafgen><traffic><conversation name="c" from="10.0.0.1" to="10.0.0.2" ${attributes}>${steps}</conversation></traffic></trafgen>`;

/** The one connection of a scenario, with what is not zero in it; the forward direction's without `fwd_`. */
async function connectionOf(steps: string, attributes = "") {
  return await withFolder(async (folder) => {
    const { ledger } = await makeCapture(folder, conversation(steps, attributes));
    const rows = ledgerRows(ledger, "connections");
    expect(rows.length).toBe(1);
    return Object.fromEntries(
      Object.entries(rows[0]!)
        .filter(
          ([name, value]) =>
            value !== "0" &&
            !/client|server|_ns|^hop|packets|_bytes|duplicate_acks|(^|_)sack_blocks|(syns|fins|resets)$/.test(name),
        )
        .map(([name, value]) => [
          name.replace("fwd_", ""),
          value === "" || value === null || Number.isNaN(Number(value)) ? value : Number(value),
        ]),
    );
  });
}

const send = (troubles: string, bytes = "60kB") => `<send by="client" bytes="${bytes}">${troubles}</send>`;

test.each([
  ["nothing", send(""), "", { ending: "closed" }],
  ["a loss before the tap", send('<lose segment="20"/>'), "", { retransmitted_segments: 1 }],
  ["a loss behind the tap", send('<lose segment="20" at="receiver"/>'), "", { retransmitted_segments: 1 }],
  [
    "the loss of the last segment behind the tap",
    send('<lose segment="42" at="receiver"/>'),
    "",
    { retransmitted_segments: 1 },
  ],
  // To the tap it is new.
  ["the loss of the last segment before the tap", send('<lose segment="42"/>'), "", {}],
  ["one that is lost again", send('<lose segment="20" times="2" at="receiver"/>'), "", { retransmitted_segments: 2 }],
  ["a segment overtaken by one", send('<delay segment="5"/>'), "", { out_of_order_segments: 1 }],
  [
    "a segment sent again for nothing",
    send('<delay segment="5" by="2ms" at="receiver"/>'),
    "",
    { retransmitted_segments: 1, rev_dsack_blocks: 1 },
  ],
  ["a duplicate before the tap", send('<duplicate segment="10"/>'), "", { duplicate_frames: 1, rev_dsack_blocks: 1 }],
  ["a duplicate behind the tap", send('<duplicate segment="10" at="receiver"/>'), "", { rev_dsack_blocks: 1 }],
  ["without SACK", send('<lose segment="20" at="receiver"/>'), 'sack="no"', { retransmitted_segments: 1 }],
  [
    "a stalled reader",
    send('<stall afterBytes="20000" for="1s"/>'),
    'window="16KiB"',
    { window_probes: 2, rev_zero_windows: 3 },
  ],
  ["keep-alives", `${send("", "1000")}<keepAlive by="server" count="3"/>`, "", { rev_keep_alives: 3 }],
  [
    "a half close",
    `<halfClose by="client"/><send by="server" bytes="5000"/>`,
    'ending="open"',
    { ending: "half closed" },
  ],
  ["a reset", send("", "10"), 'ending="reset"', { ending: "reset" }],
  ["a refusal", "", 'begin="refused"', { ending: "refused" }],
  ["no answer", "", 'begin="unanswered"', { ending: "unanswered" }],
  ["a beginning in its middle", send(""), 'begin="middle"', {}],
  ["an open end", send(""), 'ending="open"', { ending: "open" }],
] as const)("the ledger tells of %s", async (_, steps, attributes, expected) => {
  const found = await connectionOf(steps, attributes);
  const given = { ending: "closed", ...expected };
  expect(found).toEqual(given);
});

test("a window that closes and opens, and one that is made smaller, never break a promise", async () => {
  await withFolder(async (folder) => {
    const steps = `${send('<stall afterBytes="30000" for="700ms"/>', "200kB")}<setWindow by="server" bytes="5000"/>${send("", "50kB")}`;
    for (const more of ["", 'windowScale="0"', 'windowScale="14" window="64KiB"']) {
      const { path, ledger } = await makeCapture(folder, conversation(steps, more));
      expect(ledgerRows(ledger, "connections")[0]).toMatchObject({
        ending: "closed",
        fwd_unique_payload_bytes: "250000",
      });
      if (!hasTshark()) continue;
      const acks = tsharkFields(path, ["tcp.ack", "tcp.window_size"], "tcp.srcport == 9009 and tcp.flags.syn == 0");
      const reach = acks.map((row) => Number(row["tcp.ack"]) + Number(row["tcp.window_size"]));
      reach.forEach((each, i) => {
        if (i > 0) expect(each).toBeGreaterThanOrEqual(reach[i - 1]!);
      });
    }
  });
});

/** One conversation of random trouble. */
const anyConversation = fc.record({
  ends: fc.constantFrom('from="10.0.0.1" to="10.0.0.2"', 'from="2001:db8::1" to="2001:db8::2"'),
  window: fc.constantFrom("8KiB", "20KiB", "64KiB"),
  scale: fc.constantFrom(0, 4, 9),
  options: fc.constantFrom("", 'sack="no"', 'timestamps="no"', 'delayedAcks="no"', 'mss="500"', 'flight="3"'),
  sends: fc.array(
    fc.record({
      by: fc.constantFrom("client", "server"),
      segments: fc.integer({ min: 1, max: 40 }),
      troubles: fc.array(
        fc.tuple(
          fc.constantFrom("lose", "delay", "duplicate", "loseAck"),
          fc.integer({ min: 1, max: 40 }),
          fc.constantFrom("sender", "receiver"),
          fc.constantFrom("150us", "2ms", "400ms"),
          fc.integer({ min: 1, max: 3 }),
        ),
        { maxLength: 5 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  ending: fc.constantFrom("fin", "open"),
});

type AnyConversation = typeof anyConversation extends fc.Arbitrary<infer T> ? T : never;

function text({ ends, window, scale, options, sends, ending }: AnyConversation, i: number): string {
  const steps = sends.map(({ by, segments, troubles }) => {
    const inside = troubles
      .filter(([, number]) => number <= segments)
      .map(([kind, number, at, delay, times]) => {
        if (kind === "lose") return `<lose segment="${number}" times="${times}" at="${at}"/>`;
        if (kind === "loseAck") return `<loseAck number="${number}" at="${at}"/>`;
        return `<${kind} segment="${number}" by="${delay}" at="${at}"/>`;
      });
    return `<send by="${by}" bytes="${segments * 400}" segment="400">${inside.join("")}</send>`;
  });
  return `<conversation name="c${i}" ${ends} toPort="${10_000 + i}" window="${window}" windowScale="${scale}" ${options} ending="${ending}">${steps.join("")}</conversation>`;
}

/** What the tap must have seen, added up from tshark's raw fields by the simplest means. */
function naiveSides(path: string) {
  const fields = [
    "tcp.srcport",
    "tcp.dstport",
    "tcp.seq_raw",
    "tcp.len",
    "tcp.window_size_value",
    "tcp.options.sack.count",
    "tcp.flags.syn",
    "tcp.flags.fin",
  ];
  const sides = new Map<
    string,
    { packets: number; payload: number; bytes: Set<number>; zero: number; sacks: number }
  >();
  for (const row of tsharkFields(path, fields, "tcp")) {
    const [from, to] = [Number(row["tcp.srcport"]), Number(row["tcp.dstport"])];
    const key = to < 40_000 ? `fwd ${to}` : `rev ${from}`;
    const side = sides.get(key) ?? { packets: 0, payload: 0, bytes: new Set(), zero: 0, sacks: 0 };
    sides.set(key, side);
    side.packets++;
    side.payload += Number(row["tcp.len"]);
    for (let i = 0; i < Number(row["tcp.len"]); i++) side.bytes.add((Number(row["tcp.seq_raw"]) + i) % 2 ** 32);
    if (row["tcp.window_size_value"] === "0" && row["tcp.flags.fin"] !== "True" && row["tcp.flags.fin"] !== "1")
      side.zero++;
    side.sacks += Number(row["tcp.options.sack.count"]);
  }
  return sides;
}

describe.skipIf(!hasTshark())("tshark agrees", () => {
  test("with what the ledger says of any conversation", () =>
    withFolder(async (folder) => {
      const conversations = fc.sample(anyConversation, { numRuns: 120, seed: 4 });
      const xml = `<trafgen><traffic>${conversations.map(text).join("\n")}</traffic></trafgen>`;
      const { path, ledger } = await makeCapture(folder, xml);
      expect(wrongChecksums(path)).toBe(0);
      expect(tsharkFlows(path)).toEqual(ledgerFlows(ledger));
      const rows = ledgerRows(ledger, "connections");
      const sides = naiveSides(path);
      expect(rows.length).toBe(120);
      for (const row of rows) {
        const number = Number(row.server_port) - 10_000;
        const { sends, ending } = conversations[number]!;
        expect(row.ending).toBe(ending === "fin" ? "closed" : "open");
        for (const direction of ["fwd", "rev"] as const) {
          const by = direction === "fwd" ? "client" : "server";
          const asked = sends.filter((each) => each.by === by).reduce((sum, { segments }) => sum + segments * 400, 0);
          const side = sides.get(`${direction} ${row.server_port}`)!;
          const of = (name: string) => Number((row as LedgerRow)[`${direction}_${name}`]);
          const known = text(conversations[number]!, number);
          expect(of("packets"), known).toBe(side.packets);
          expect(of("unique_payload_bytes"), known).toBe(asked);
          expect(of("zero_windows"), known).toBe(side.zero);
          // Without probes and copies, what is not new was sent before, unless it is a hole's first filling.
          expect(side.bytes.size, known).toBe(asked);
          if (of("duplicate_frames") === 0) {
            expect(of("payload_bytes"), known).toBe(side.payload);
            expect(of("sack_blocks") + of("dsack_blocks"), known).toBe(side.sacks);
          }
        }
      }
    }));

  test("with scripted trouble, by its own analysis", () =>
    withFolder(async (folder) => {
      const steps = `<send by="client" bytes="200"/><send by="server" bytes="400kB"><lose segment="20"/>
        <lose segment="120" at="receiver"/><lose segment="200" times="2"/><delay segment="60"/></send>
        <send by="client" bytes="100kB"><stall afterBytes="20000" for="2s"/></send>
        <keepAlive by="client" count="2" every="5s"/>`;
      const { path, ledger } = await makeCapture(folder, conversation(steps, 'serverDelay="20ms" window="32KiB"'));
      const [row] = ledgerRows(ledger, "connections");
      const both = (name: string) => Number(row![`fwd_${name}`]) + Number(row![`rev_${name}`]);
      const count = (name: string) => tsharkFields(path, ["frame.number"], name).length;
      const resent =
        "tcp.analysis.retransmission or tcp.analysis.fast_retransmission or tcp.analysis.spurious_retransmission";
      expect(count(resent)).toBe(both("retransmitted_segments"));
      expect(both("retransmitted_segments")).toBe(3);
      expect(count("tcp.analysis.out_of_order")).toBe(both("out_of_order_segments"));
      expect(count("tcp.analysis.keep_alive")).toBe(both("keep_alives"));
      expect(count("tcp.analysis.zero_window")).toBe(both("zero_windows"));
      expect(count("tcp.analysis.zero_window_probe")).toBe(both("window_probes"));
      expect(count("tcp.analysis.duplicate_ack")).toBe(both("duplicate_acks"));
      expect(count("tcp.options.sack.dsack")).toBe(both("dsack_blocks"));
      expect(count("tcp.analysis.ack_lost_segment")).toBe(0);
    }));
});

test("over a path that loses, doubles and reorders, all bytes come through, and every hop has its account", () =>
  withFolder(async (folder) => {
    const { ledger } = await makeCapture(
      folder,
      `<trafgen><path><hop name="a" loss="3%"/><hop name="b" delay="5ms" jitter="3ms" loss="5%" duplicates="2%"
        reordered="3%" reorderedBy="1500us" doubled="1%" routers="2"/><hop name="c" delay="2ms" loss="5%"/></path><traffic>
        <conversation name="s" from="10.0.0.1" to="10.0.0.2" count="20" every="100ms"><send by="client" bytes="20kB"/>
        <send by="server" bytes="100kB"/></conversation>
        <conversation name="n" from="::1" to="::2" sack="no" timestamps="no" count="20" every="100ms">
        <send by="client" bytes="20kB"><stall afterBytes="5000" for="1s"/></send><halfClose by="server"/>
        <send by="client" bytes="30kB"/></conversation></traffic></trafgen>`,
    );
    const rows = ledgerRows(ledger, "connections");
    expect(rows.map((row) => row.ending)).toEqual(Array(120).fill("closed"));
    for (const hop of ["1", "2", "3"]) {
      const at = rows.filter((row) => row.hop === hop);
      const sum = (name: string) => at.reduce((total, row) => total + Number(row[name]), 0);
      // No tap overlooks anything, and what is lost is sent again.
      expect(sum("fwd_unique_payload_bytes")).toBe(20 * 20_000 + 20 * 50_000);
      expect(sum("rev_unique_payload_bytes")).toBe(20 * 100_000);
      const packets = ["fwd_packets", "rev_packets"].map(sum);
      const flows = ledgerRows(ledger, "flows").filter((row) => row.hop === hop);
      expect(packets.reduce((a, b) => a + b)).toBe(flows.reduce((total, row) => total + Number(row.packets), 0));
    }
  }));
