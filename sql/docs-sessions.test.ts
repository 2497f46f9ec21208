import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { databaseServer } from "@trafmon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RuntimeDatabase } from "./fixtures/runtime-database.ts";

const DOCS = readFileSync(fileURLToPath(new URL("../docs/database.md", import.meta.url)), "utf8");

let database: RuntimeDatabase;
let socket: string;
let user: string;

beforeAll(async () => {
  ({ socket, user } = await databaseServer());
  database = await RuntimeDatabase.make();
  await database.insert("probe", { probe_no: 1, name: "edge", first_seen: "2026-11-01 00:00:00" });
  await database.insert("flow_class", { class_no: 1, name: "all" });
  const flows = [
    [1, "c0000201", 443, "https"],
    [2, "c0000235", 53, "dns"],
  ] as const;
  for (const [flow_no, rev, rev_port, service] of flows) {
    await database.insert("flow", {
      flow_no,
      probe_no: 1,
      class_no: 1,
      account: 1,
      protocol: flow_no === 1 ? 6 : 17,
      description_hash: Buffer.alloc(16, flow_no),
      fwd_address: Buffer.from("0a000001", "hex"),
      rev_address: Buffer.from(rev, "hex"),
      rev_port,
      service,
    });
    for (const hour of [9, 10]) {
      const bucket = {
        bucket_start: `2026-11-20 ${String(hour).padStart(2, "0")}:00:00`,
        flow_no,
        attributed_flow_no: flow_no,
      };
      const bytes = {
        fwd_packets: 4 * hour,
        rev_packets: 3 * hour,
        fwd_bytes: 1000 * hour * flow_no,
        rev_bytes: 70_000 * hour,
      };
      await database.insert("ipcttable_1h", {
        ...bucket,
        ...bytes,
        first: bucket.bucket_start,
        last: bucket.bucket_start,
      });
    }
  }
  await database.insert("load_history", {
    file_name: "ipct_central_0000018f00000001_000001.log",
    sha256: Buffer.alloc(32, 1),
    type: "ipct",
    lines_loaded: 4,
    loaded_at: "2026-11-20 11:00:02",
  });
});
afterAll(async () => {
  await database.remove();
});

/** What the shell prints for statements, as the documentation's databases are called there. */
function printed(statements: string): string {
  const words = ["--no-defaults", `--socket=${socket}`, `--user=${user}`, "--table", `--database=${database.name}`];
  const input = statements.replaceAll("trafMon_template", database.template).replaceAll(/\btrafMon\b/g, database.name);
  const { stdout, stderr, status } = spawnSync("mariadb", words, {
    input: `SET time_zone = '+00:00';\n${input}`,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

const blocks = (kind: string) =>
  [...DOCS.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, "g"))].map((each) => each[1]!);

test("every SQL example of docs/database.md runs", () => {
  expect(blocks("sql").length).toBeGreaterThan(1);
  for (const example of blocks("sql")) printed(example);
});

const sessions = blocks("text")
  .join("\n")
  .split(/^mysql> /m)
  .slice(1)
  .map((each) => {
    const end = each.indexOf(";\n") + 1;
    return [each.slice(0, end).replaceAll(/^ +-> /gm, ""), each.slice(end + 1).replace(/^Empty set$/m, "")] as const;
  });

test.each(sessions)("the session prints what docs/database.md shows: %s", (statement, shown) => {
  expect(printed(statement).trim()).toBe(shown.trim());
});

test("docs/database.md shows sessions", () => {
  expect(sessions.length).toBeGreaterThan(2);
});
