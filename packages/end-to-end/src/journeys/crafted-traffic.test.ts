import { join } from "node:path";
import { type LedgerRow, ledgerRows } from "@trafmon/trafgen";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LogRecord, LogRecords } from "../read/log-records.ts";
import { LogVolumes } from "../read/log-volumes.ts";
import { ROOT, runProgramToEnd } from "../site/built-programs.ts";
import { TestSite } from "../site/test-site.ts";

/** The scenarios that are shipped, and the hops of each. */
const SCENARIOS: Readonly<Record<string, readonly string[]>> = {
  "link-qualification": [],
  "mixed-services": [],
  "one-way-path": ["office", "backbone", "centre"],
  "worst-case": [],
};

/** One tap: its capture file, its probe, and its number in the ledger. */
interface Tap {
  readonly probe: string;
  readonly file: string;
  readonly ledger: string;
  readonly hop: number;
}

/** Sums of packets and bytes by five-tuple, one way; null ports are those of a protocol without. */
function ledgerVolumes(folder: string, hop: number): Record<string, { packets: number; bytes: number }> {
  const sums: Record<string, { packets: number; bytes: number }> = {};
  for (const row of ledgerRows(folder, "flows")) {
    if (row.hop !== String(hop)) continue;
    const from = `${row.source} ${row.source_port ?? "\\N"}`;
    const key = `${row.protocol} ${from} ${row.destination} ${row.destination_port ?? "\\N"}`;
    const { packets, bytes } = sums[key] ?? { packets: 0, bytes: 0 };
    sums[key] = { packets: packets + Number(row.packets), bytes: bytes + Number(row.bytes) };
  }
  return sums;
}

/** Columns of a connection that mean the same in the ledger and in `tcpcx`: name there, name here. */
const CONNECTION_COLUMNS: Readonly<Record<string, string>> = {
  packets: "packets",
  bytes: "bytes",
  payload_bytes: "payload_bytes",
  unique_payload_bytes: "unique_payload_bytes",
  retransmitted_segments: "retransmitted_segments",
  retransmitted_bytes: "retransmitted_bytes",
  out_of_order_segments: "out_of_order_segments",
  duplicate_acks: "duplicate_acks",
  duplicate_frames: "duplicate_frames",
  keep_alives: "keep_alives",
  zero_window_probes: "window_probes",
  zero_windows: "zero_windows",
  sack_blocks: "sack_blocks",
  dsack_blocks: "dsack_blocks",
  syn: "syns",
  fin: "fins",
  rst: "resets",
};

/** What the ledger calls otherwise. The capture ends before the probe has waited long enough for an answer to a SYN. */
const OUTCOMES: Readonly<Record<string, string>> = { unanswered: "open", "half closed": "open" };

/**
 * On the way to this tap segments are held up for longer than a monitor waits before it says that one was sent again,
 * so there only the sum of both is known.
 */
const HELD_UP = "one-way-path-office";

function connectionLine(
  record: LogRecord | LedgerRow,
  column: (name: string) => string,
  outcome: string,
  isHeldUp: boolean,
): string {
  const ends = [
    record.fwd_address ?? record.client,
    record.fwd_port ?? record.client_port,
    record.rev_address ?? record.server,
    record.rev_port ?? record.server_port,
  ];
  const sides = ["fwd", "rev"].flatMap((way) => {
    const of = (name: string) => Number(record[`${way}_${column(name)}`]);
    const known = Object.keys(CONNECTION_COLUMNS).filter((name) => !isHeldUp || !/^(retransmitted|out_of)_/.test(name));
    const either = of("retransmitted_segments") + of("out_of_order_segments");
    return [...known.map((name) => `${way} ${name} ${of(name)}`), `${way} either ${either}`];
  });
  const times = [record.started_ns ?? record.start_ns, record.ended_ns ?? record.end_ns];
  const shakes = [
    record.syn_synack_ns ?? record.server_handshake_ns,
    record.synack_ack_ns ?? record.client_handshake_ns,
  ];
  return [...ends, ...times, outcome, ...shakes.map((each) => each ?? "\\N"), ...sides].join(", ");
}

describe("crafted traffic, through the real generator, probe and collector", () => {
  let site: TestSite;
  let records: LogRecords;
  const taps: Tap[] = [];

  beforeAll(async () => {
    const probes = Object.entries(SCENARIOS).flatMap(([name, hops]) =>
      hops.length === 0 ? [name] : hops.map((hop) => `${name}-${hop}`),
    );
    site = await TestSite.make({ probes });
    for (const [name, hops] of Object.entries(SCENARIOS)) {
      const ledger = join(site.folder, `${name}.ledger`);
      const file = join(site.folder, `${name}.pcap`);
      const args = ["-c", join(ROOT, `etc/xml/${name}.xml`), "-w", file, "-D", ledger, name];
      const { exitCode, stderr } = await runProgramToEnd("trafgen", args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      if (hops.length === 0) taps.push({ probe: name, file, ledger, hop: 0 });
      hops.forEach((hop, i) => {
        taps.push({ probe: `${name}-${hop}`, file: file.replace(".pcap", `.${hop}.pcap`), ledger, hop: i + 1 });
      });
    }
    await site.startCollector();
    for (const { probe, file } of taps) {
      const { exitCode, stderr } = await site.replay(probe, [file]);
      expect(exitCode, stderr).toBe(0);
    }
    await site.stopCollector();
    records = new LogRecords(site.logs);
  });

  afterAll(async () => {
    await site?.remove();
  });

  const tapNames = Object.entries(SCENARIOS).flatMap(([name, hops]) =>
    hops.length === 0 ? [name] : hops.map((hop) => `${name}-${hop}`),
  );

  test.each(tapNames)("every flow of %s has the ledger's packets and bytes, and there are no others", (name) => {
    const tap = taps.find(({ probe }) => probe === name)!;
    const expected = ledgerVolumes(tap.ledger, tap.hop);
    const measured = new LogVolumes(records, name).byTuple("tuples");
    expect(Object.keys(expected).length).toBeGreaterThan(0);
    const differences = [...new Set([...Object.keys(expected), ...Object.keys(measured)])]
      .map((key) => {
        const [want = { packets: 0, bytes: 0 }, got = { packets: 0, bytes: 0 }] = [expected[key], measured[key]];
        return { key, packets: got.packets - want.packets, bytes: got.bytes - want.bytes };
      })
      .filter(({ packets, bytes }) => packets !== 0 || bytes !== 0);
    expect(differences).toEqual([]);
  });

  test.each(["mixed-services", "one-way-path-office", "one-way-path-backbone", "one-way-path-centre"])(
    "every connection of %s is measured as the ledger says",
    (name) => {
      const tap = taps.find(({ probe }) => probe === name)!;
      const rows = ledgerRows(tap.ledger, "connections").filter((row) => row.hop === String(tap.hop));
      const expected = rows.map((row) =>
        connectionLine(
          row,
          (column) => CONNECTION_COLUMNS[column]!,
          OUTCOMES[row.ending!] ?? row.ending!,
          name === HELD_UP,
        ),
      );
      const measured = records
        .of("tcpcx")
        .filter(({ probe }) => probe === name)
        .map((record) => connectionLine(record, (column) => column, record.outcome!, name === HELD_UP));
      expect(measured.sort()).toEqual(expected.sort());
    },
  );

  test("every FTP transfer is measured as the ledger says", () => {
    const tap = taps.find(({ probe }) => probe === "mixed-services")!;
    const columns = {
      client: "client",
      client_port: "client_port",
      server: "server",
      server_port: "server_port",
      user: "user",
      command: "command",
      path: "path",
      mode: "mode",
      data_address: "data_address",
      data_port: "data_port",
      restart_offset: "restart_offset",
      commanded_ns: "command_ns",
      connected_ns: "data_connection_ns",
      first_payload_ns: "first_byte_ns",
      last_payload_ns: "last_byte_ns",
      replied_ns: "reply_ns",
      reply_code: "reply_code",
      bytes: "bytes",
      outcome: "outcome",
    };
    const expected = ledgerRows(tap.ledger, "transfers").map((row) =>
      Object.entries(columns)
        .map(([name, mine]) => `${name} ${row[mine] ?? "\\N"}`)
        .join(", "),
    );
    const measured = records
      .of("ftptf")
      .filter(({ probe }) => probe === "mixed-services")
      .map((record) =>
        Object.keys(columns)
          .map((name) => `${name} ${record[name]}`)
          .join(", "),
      );
    expect(measured.sort()).toEqual(expected.sort());
  });

  test("every request is measured as the ledger says", () => {
    const tap = taps.find(({ probe }) => probe === "mixed-services")!;
    const columns = ["protocol", "client", "client_port", "server", "server_port", "identifier", "requested_ns"];
    columns.push("replied_ns", "outcome", "name", "operation", "object", "status", "version");
    columns.push("request_bytes", "reply_bytes");
    const line = (row: Readonly<Record<string, string | null>>) =>
      columns.map((name) => `${name} ${row[name] ?? "\\N"}`).join(", ");
    const rows = ledgerRows(tap.ledger, "transactions");
    const protocols = new Set(rows.map(({ protocol }) => protocol));
    expect([...protocols].sort()).toEqual(["dns", "http", "icmp", "ntp", "snmp"]);
    const measured = records
      .of("trans")
      .filter(({ probe, protocol }) => probe === "mixed-services" && protocols.has(protocol!));
    expect(measured.map(line).sort()).toEqual(rows.map(line).sort());
  });
});
