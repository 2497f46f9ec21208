import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { reportTotals } from "../read/report-totals.ts";
import { runProgramToEnd } from "../site/built-programs.ts";
import type { SiteDatabase } from "../site/site-database.ts";
import type { TestSite } from "../site/test-site.ts";
import { agreement } from "./compare/agreement.ts";
import type { TruthRow } from "./truth-table.ts";

/** truth.json of `trafgen_history`. */
interface Told {
  readonly days: Readonly<Record<string, { readonly packets: number; readonly bytes: number }>>;
  /** By `client's activity/location > server's activity/location, service`. */
  readonly relations: Readonly<Record<string, { readonly bytes: number }>>;
  readonly connections: Readonly<Record<string, number>>;
  readonly transfers: Readonly<Record<string, { readonly count: number; readonly bytes: number }>>;
  readonly requests: Readonly<Record<string, { readonly requests: number; readonly replied: number }>>;
}

const PROBE = "synthetic";
const SCENE = "history";
const LIMIT_MS = 600_000;

/** Days that never were: its logs go the way of all logs, and tables and reports must say what its truth.json says. */
export class HistoryTruth {
  readonly #told: Told;
  readonly #ipInfo: string;

  private constructor(folder: string) {
    this.#told = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8"));
    this.#ipInfo = join(folder, "ipInfo.ini");
  }

  /** Writes a history, and puts its logs among those of the site. */
  static async make(site: TestSite): Promise<HistoryTruth> {
    const folder = join(site.folder, "history");
    const span = ["-s", "2026-10-04", "-e", "2026-10-10"];
    const args = ["-o", folder, ...span, "--scale", "0.2", "--seed", "5", "--json"];
    const written = await runProgramToEnd("trafgen", args, LIMIT_MS, "history-main");
    if (written.exitCode !== 0) throw new Error(`trafgen_history ended with ${written.exitCode}: ${written.stderr}`);
    for (const name of readdirSync(join(folder, "logs"))) renameSync(join(folder, "logs", name), join(site.logs, name));
    return new HistoryTruth(folder);
  }

  /** Tells the database who its addresses are. */
  async describe(database: SiteDatabase): Promise<void> {
    const described = await database.describeAddresses(this.#ipInfo);
    if (described.exitCode !== 0)
      throw new Error(`trafMon_updateIpInfo ended with ${described.exitCode}: ${described.stderr}`);
  }

  async rows(database: SiteDatabase, folder: string): Promise<TruthRow[]> {
    const { days, relations, connections, transfers, requests } = this.#told;
    const rows: TruthRow[] = [];
    const compare = (
      at: string,
      what: string,
      expected: readonly [string, number][],
      measured: ReadonlyMap<string, number>,
    ) => rows.push(...agreement({ scene: SCENE, at, what, expected: new Map(expected), measured }));
    const over = <V>(told: Readonly<Record<string, V>>, figure: (value: V) => number): [string, number][] =>
      Object.entries(told).map(([name, value]) => [name, figure(value)]);
    for (const [table, joined] of [
      [
        "ipcttable_1d",
        "JOIN flow f ON f.flow_no = x.flow_no AND f.account = 1 JOIN probe p ON p.probe_no = f.probe_no",
      ],
      ["activityvolumetable_1d", "JOIN probe p ON p.probe_no = x.probe_no"],
    ] as const)
      for (const figure of ["packets", "bytes"] as const)
        compare(
          table,
          `${figure} by day`,
          over(days, (day) => day[figure]),
          await this.#sums(
            database,
            "DATE_FORMAT(x.bucket_start, '%Y-%m-%d')",
            `x.fwd_${figure} + x.rev_${figure}`,
            `${table} x ${joined}`,
          ),
        );
    // What service a data connection of FTP counts for is the procedures' affair; whose it is, is not.
    const peers: Record<string, number> = {};
    for (const [relation, { bytes }] of Object.entries(relations)) {
      const pair = relation.slice(0, relation.lastIndexOf(", "));
      peers[pair] = (peers[pair] ?? 0) + bytes;
    }
    compare(
      "activityvolumetable_1d",
      "bytes by activities and locations of both peers",
      over(peers, (bytes) => bytes),
      await this.#sums(
        database,
        "CONCAT(src_activity, '/', src_location, ' > ', dst_activity, '/', dst_location)",
        "x.fwd_bytes + x.rev_bytes",
        "activityvolumetable_1d x JOIN probe p ON p.probe_no = x.probe_no",
      ),
    );
    const run = "JOIN probe_run r ON r.run_no = x.run_no JOIN probe p ON p.probe_no = r.probe_no";
    compare(
      "tcpcxtable",
      "connections by outcome",
      over(connections, (count) => count),
      await this.#sums(database, "x.outcome", "1", `tcpcxtable x ${run}`),
    );
    for (const [figure, column] of [
      ["count", "1"],
      ["bytes", "x.bytes"],
    ] as const)
      compare(
        "ftptftable",
        `FTP transfers by outcome: ${figure}`,
        over(transfers, (each) => each[figure]),
        await this.#sums(database, "x.outcome", column, `ftptftable x ${run}`),
      );
    for (const figure of ["requests", "replied"] as const)
      compare(
        "twowaytable",
        `${figure} by protocol`,
        over(requests, (each) => each[figure]),
        await this.#sums(database, "x.protocol", `x.${figure}`, `twowaytable x ${run}`),
      );
    const report = await reportTotals(database, folder, PROBE);
    const total = (figure: "packets" | "bytes") => Object.values(days).reduce((sum, day) => sum + day[figure], 0);
    const row = (what: string, expected: number, measured: number) =>
      rows.push({ scene: SCENE, at: "manager report", what, expected, measured });
    row("IP packets, services.csv", total("packets"), report.services.packets);
    row("IP bytes, services.csv", total("bytes"), report.services.bytes);
    row("IP bytes, activities.csv", total("bytes"), report.activitiesBytes);
    return rows;
  }

  async #sums(database: SiteDatabase, key: string, figure: string, from: string): Promise<Map<string, number>> {
    const rows = await database.rows(
      `SELECT ${key} AS k, CAST(SUM(${figure}) AS CHAR) AS n FROM ${from} WHERE p.name = '${PROBE}' GROUP BY 1`,
    );
    return new Map(rows.map(({ k, n }) => [String(k), Number(n)]));
  }
}
