import { readFileSync } from "node:fs";
import { runScript } from "@trafmon/database";
import { type FreshDatabase, freshDatabase } from "@trafmon/testkit";

const TABLES = [
  "activityvolumetable_1h",
  "activityvolumetable_1d",
  "activityvolumetable_netflow_1h",
  "activityvolumetable_netflow_1d",
  "servicertt_1h",
  "servicertt_1d",
  "activityrtt_1h",
  "activityrtt_1d",
  "capsttable_1h",
  "capsttable_1m",
  "ipcttable_1m",
  "ipcttable_1h",
  "eventtable",
  "twowaytable_1h",
  "twowaytable_1d",
  "twowaydelaytable_1h",
  "twowaydelaytable_1d",
  "flow",
  "flow_class",
  "ipInfotable",
  "probe",
  "probe_run",
  "objective",
  "hop",
  "tcpcttable_1h",
  "owcttable_1h",
  "owlosttable_1h",
  "owlatencytable_1h",
  "stale_day",
  "aggregated_day",
];

/** For tests: a host that talks. */
export interface Host {
  readonly address: string;
  readonly name?: string;
  readonly activity?: string;
  readonly location?: string;
  readonly country?: string;
  /** Special-purpose label; none: an ordinary public address. */
  readonly kind?: string;
}

export interface HourRow {
  /** `YYYY-MM-DD HH:00:00` UTC. */
  readonly hour: string;
  readonly probe?: string;
  readonly src: Host;
  readonly dst: Host;
  readonly service: string;
  readonly fwdBytes: bigint;
  readonly revBytes: bigint;
  readonly tcpSegments?: number;
  readonly retransmitted?: number;
  /** Mean round trips from the probe towards dst and towards src, of ten samples each. */
  readonly rttNs?: readonly [toDst: number, toSrc: number];
}

/** A database with the tables that reports read, made from the files in sql/. */
export async function reportDatabase(): Promise<FreshDatabase> {
  const database = await freshDatabase("reports");
  for (const table of TABLES) {
    await runScript(
      database.connection,
      readFileSync(new URL(`../../../sql/tables/${table}.sql`, import.meta.url), "utf8"),
    );
  }
  return database;
}

/** Puts hours into the prepared tables as the procedures would: hours as given, days summed from them. */
export async function putHours(database: FreshDatabase, rows: readonly HourRow[]): Promise<void> {
  const { connection } = database;
  const probes = [...new Set(rows.map((row) => row.probe ?? "probe1"))];
  for (const [at, probe] of probes.entries()) {
    await connection.query("INSERT INTO probe VALUES (?, ?, '2026-01-01')", [at + 1, probe]);
  }
  const hosts = new Map(rows.flatMap(({ src, dst }) => [src, dst]).map((host) => [host.address, host]));
  for (const host of hosts.values()) {
    await connection.query(
      "INSERT INTO ipInfotable (address, discovered_at, kind) VALUES (INET6_ATON(?), '2026-01-01', ?)",
      [host.address, host.kind ?? null],
    );
  }
  for (const row of rows) {
    const probe = row.probe ?? "probe1";
    const values = {
      bucket_start: row.hour,
      probe_no: probes.indexOf(probe) + 1,
      probe,
      class_no: 1,
      class: "all",
      ...endColumns("src", row.src),
      ...endColumns("dst", row.dst),
      service: row.service,
      protocol: 6,
      protocol_name: "tcp",
      fwd_packets: row.fwdBytes / 700n + 1n,
      fwd_bytes: row.fwdBytes,
      rev_packets: row.revBytes / 700n + 1n,
      rev_bytes: row.revBytes,
      fwd_tcp_packets: row.tcpSegments ?? 0,
      fwd_retransmitted_segments: row.retransmitted ?? 0,
      fwd_rtt_samples: row.rttNs === undefined ? 0 : 10,
      fwd_rtt_sum_ns: 10 * (row.rttNs?.[0] ?? 0),
      rev_rtt_samples: row.rttNs === undefined ? 0 : 10,
      rev_rtt_sum_ns: 10 * (row.rttNs?.[1] ?? 0),
    };
    const columns = Object.keys(values);
    await connection.query(
      `INSERT INTO activityvolumetable_1h (${columns.join(", ")}, src_address, dst_address)
       VALUES (${columns.map(() => "?").join(", ")}, INET6_ATON(?), INET6_ATON(?))`,
      [
        ...Object.values(values).map((value) => (typeof value === "bigint" ? String(value) : value)),
        row.src.address,
        row.dst.address,
      ],
    );
  }
  await sumDays(database);
}

/** `_1d` from `_1h`, whatever the columns are. */
async function sumDays({ connection }: FreshDatabase): Promise<void> {
  const [columns] = (await connection.query("SHOW COLUMNS FROM activityvolumetable_1h")) as unknown as [
    { Field: string; Key: string; Default: string | null }[],
  ];
  const expressions = columns.map(({ Field, Key, Default }) => {
    if (Field === "bucket_start") return "TIMESTAMP(DATE(bucket_start)) AS bucket_start";
    if (Key === "PRI") return Field;
    return Default === "0" ? `SUM(${Field})` : `MAX(${Field})`;
  });
  const keys = columns.filter(({ Key, Field }) => Key === "PRI" && Field !== "bucket_start").map(({ Field }) => Field);
  await connection.query("DELETE FROM activityvolumetable_1d");
  await connection.query(
    `INSERT INTO activityvolumetable_1d SELECT ${expressions.join(", ")} FROM activityvolumetable_1h
      GROUP BY DATE(activityvolumetable_1h.bucket_start), ${keys.join(", ")}`,
  );
}

/** Capture statistics: the hours in which a probe was live. */
export async function putLiveHours(database: FreshDatabase, hours: readonly string[], lost = 0): Promise<void> {
  for (const hour of hours) {
    await database.connection.query(
      `INSERT INTO capsttable_1h (bucket_start, probe_no, interface, covered_s, packets, kernel_dropped)
       VALUES (?, 1, 'eth0', 3600, 100000, ?)`,
      [hour, lost],
    );
  }
}

function endColumns(side: "src" | "dst", host: Host): Record<string, string | null> {
  return {
    [`${side}_host_name`]: host.name ?? null,
    [`${side}_activity`]: host.activity ?? null,
    [`${side}_location`]: host.location ?? null,
    [`${side}_country`]: host.country ?? null,
  };
}

/** Minutes of flows between two hosts, as the loader keeps them. */
export async function putMinutes(
  database: FreshDatabase,
  rows: readonly { minute: string; src: Host; dst: Host; fwdBytes: bigint; revBytes: bigint }[],
): Promise<void> {
  const { connection } = database;
  await connection.query("INSERT INTO flow_class VALUES (1, 'all')");
  for (const [at, row] of rows.entries()) {
    await connection.query(
      `INSERT INTO flow (flow_no, description_hash, probe_no, class_no, account, two_way, fwd_address, rev_address)
       VALUES (?, UNHEX(MD5(?)), 1, 1, 1, 1, INET6_ATON(?), INET6_ATON(?))`,
      [at + 1, at, row.src.address, row.dst.address],
    );
    await connection.query(`INSERT INTO ipcttable_1m VALUES (?, ?, ?, 1, 1, ?, ?, 0, 0, 0, 0, 0, 0, ?, ?)`, [
      at + 1,
      row.minute,
      at + 1,
      String(row.fwdBytes),
      String(row.revBytes),
      row.minute,
      row.minute,
    ]);
    await connection.query(
      "REPLACE INTO capsttable_1m (bucket_start, probe_no, interface, covered_s) VALUES (?, 1, 'eth0', 60)",
      [row.minute],
    );
    for (const host of [row.src, row.dst]) {
      await connection.query("UPDATE ipInfotable SET activity = ? WHERE address = INET6_ATON(?)", [
        host.activity ?? null,
        host.address,
      ]);
    }
  }
}
