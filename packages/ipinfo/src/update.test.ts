import { readFileSync } from "node:fs";
import { type Connection, connect, runScript } from "@trafmon/database";
import { createLog, FakeClock, systemClock } from "@trafmon/runtime";
import { type DnsReply, databaseServer, dnsResponder, type FreshDatabase, freshDatabase } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";

import { GeoDatabases } from "./resolve/geo-databases.ts";
import { parseKnownRanges } from "./resolve/known-ranges.ts";
import { RangeIndex } from "./resolve/range-index.ts";
import { type UpdateOptions, type UpdateResult, updateAddresses } from "./update.ts";

const TABLE = readFileSync(new URL("../../../sql/tables/ipInfotable.sql", import.meta.url), "utf8");
const DAY_MS = 86_400_000;

let database: FreshDatabase;
let clock: FakeClock;
beforeEach(async () => {
  database = await freshDatabase("ipinfo");
  await runScript(database.connection, TABLE);
  clock = new FakeClock(Date.UTC(2026, 9, 1));
});
afterEach(() => database.remove());

async function add(...addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    await database.connection.query(
      "INSERT INTO ipInfotable (address, discovered_at) VALUES (INET6_ATON(?), '2026-09-30 12:00:00.123456')",
      [address],
    );
  }
}

async function row(address: string): Promise<Record<string, unknown>> {
  const [rows] = await database.connection.query("SELECT * FROM ipInfotable WHERE address = INET6_ATON(?)", [address]);
  return (rows as Record<string, unknown>[])[0]!;
}

async function update(
  ini: string,
  options: {
    all?: boolean;
    dns?: (question: string) => DnsReply;
    tryMs?: number;
    connection?: Connection;
    onProgress?: UpdateOptions["onProgress"];
  } = {},
): Promise<UpdateResult & { questions: readonly string[] }> {
  const { ranges, privateDns, faults } = parseKnownRanges(ini);
  expect(faults).toEqual([]);
  const geo = await GeoDatabases.open("/nowhere");
  const responder = options.dns === undefined ? null : await dnsResponder(options.dns);
  // Of minutes, so that a machine that stands still for a moment does not pass for a silent server.
  const dns = { parallel: 4, overallMs: 600_000, tryMs: options.tryMs ?? 300_000, tries: 1, clock: systemClock };
  try {
    const result = await updateAddresses(
      options.connection ?? database.connection,
      { ranges: new RangeIndex(ranges), privateDns, geo },
      {
        all: options.all ?? false,
        dns: responder === null ? null : { ...dns, servers: [responder.server] },
        clock,
        log: createLog({ program: "test", write: () => {} }).log,
        onProgress: options.onProgress ?? (() => {}),
      },
    );
    return { ...result, questions: responder?.questions ?? [] };
  } finally {
    await responder?.close();
  }
}

const INI = "[Office/Brussels]\n192.0.2.0/24\n2001:db8::/32\n[Printing/Brussels]\n192.0.2.9 = printer.example.org\n";

test("addresses of both families get activity, location and label", async () => {
  await add("192.0.2.1", "192.0.2.9", "2001:db8::1", "8.8.8.8", "10.0.0.1", "ff02::1");
  const result = await update(INI);
  expect(result).toMatchObject({ addresses: 6, changed: 5, inKnownRanges: 3, special: 5, leftForDns: 0 });
  expect(await row("192.0.2.1")).toMatchObject({
    activity: "Office",
    location: "Brussels",
    kind: "documentation",
    sources: "ini special",
  });
  expect(await row("192.0.2.9")).toMatchObject({ activity: "Printing", host_name: "printer.example.org" });
  expect(await row("2001:db8::1")).toMatchObject({ activity: "Office" });
  expect(await row("8.8.8.8")).toMatchObject({ activity: null, kind: null, changed_at: null, resolved_at: null });
  expect((await row("192.0.2.1")).resolved_at).toEqual(new Date(clock.wallMs()));
});

test("a plain run leaves what is resolved alone, --all describes it anew", async () => {
  await add("192.0.2.1");
  await update(INI);
  const changed = "[Laboratory/Paris]\n192.0.2.0/24\n";
  expect((await update(changed)).addresses).toBe(0);
  expect(await row("192.0.2.1")).toMatchObject({ activity: "Office" });
  const before = (await row("192.0.2.1")).discovered_at;
  expect(await update(changed, { all: true })).toMatchObject({ addresses: 1, changed: 1 });
  expect(await row("192.0.2.1")).toMatchObject({ activity: "Laboratory", location: "Paris", discovered_at: before });
  expect(await update(changed, { all: true })).toMatchObject({ addresses: 1, changed: 0 });
});

test("a missing name is remembered for a day, then asked for again", async () => {
  await add("8.8.8.8", "9.9.9.9");
  const dns = (question: string): DnsReply => (question.startsWith("8.8") ? { name: "dns.example.org" } : "NXDOMAIN");
  expect((await update("", { dns })).questions).toHaveLength(2);
  expect(await row("8.8.8.8")).toMatchObject({ host_name: "dns.example.org", sources: "dns" });
  expect(await row("9.9.9.9")).toMatchObject({ host_name: null, host_name_error: "no name", resolved_at: null });
  clock.advance(DAY_MS - 1000);
  expect((await update("", { dns })).addresses).toBe(0);
  clock.advance(2000);
  expect((await update("", { dns: () => ({ name: "late.example.org" }) })).addresses).toBe(1);
  expect(await row("9.9.9.9")).toMatchObject({ host_name: "late.example.org", host_name_error: null });
});

test("a silent server takes no name away and hinders no description", async () => {
  await add("8.8.8.8");
  await update("", { dns: () => ({ name: "dns.example.org" }) });
  const result = await update("[Resolvers/Somewhere]\n8.8.8.0/24\n", { all: true, dns: () => "silence", tryMs: 100 });
  expect(result).toMatchObject({ addresses: 1, inKnownRanges: 1 });
  expect(await row("8.8.8.8")).toMatchObject({
    activity: "Resolvers",
    host_name: "dns.example.org",
    sources: "ini dns",
  });
});

test("a name that is gone from DNS is taken away by --all", async () => {
  await add("8.8.8.8");
  await update("", { dns: () => ({ name: "dns.example.org" }) });
  await update("", { all: true, dns: () => "NXDOMAIN" });
  expect(await row("8.8.8.8")).toMatchObject({ host_name: null, sources: null, resolved_at: null });
});

test("private addresses are asked for unless the file says no", async () => {
  await add("10.0.0.1", "224.0.0.1");
  expect((await update("[settings]\nprivate = no\n", { dns: () => "NXDOMAIN" })).questions).toEqual([]);
  expect((await update("", { all: true, dns: () => "NXDOMAIN" })).questions).toEqual(["1.0.0.10.in-addr.arpa"]);
});

test("more addresses than one batch are all described", async () => {
  const addresses = Array.from({ length: 5003 }, (_, at) => [Buffer.from([192, 0, at >> 8, at & 255]), "2026-09-30"]);
  await database.connection.query("INSERT INTO ipInfotable (address, discovered_at) VALUES ?", [addresses]);
  const result = await update("[A/B]\n192.0.0.0/9\n");
  expect(result).toMatchObject({ addresses: 5003, changed: 5003, inKnownRanges: 5003 });
  const [rows] = await database.connection.query("SELECT COUNT(*) AS n FROM ipInfotable WHERE activity = 'A'");
  expect(rows).toEqual([{ n: 5003 }]);
});

test("a name of ipInfo.ini is gone with its line, and one of DNS comes back when its line is gone", async () => {
  await add("192.0.2.9", "8.8.8.8");
  await update("[A/B]\n192.0.2.9 = printer.example.org\n8.8.8.8\n", { dns: () => ({ name: "dns.example.org" }) });
  expect(await row("192.0.2.9")).toMatchObject({ host_name: "printer.example.org", sources: "ini special" });
  // DNS says nothing in this run, so whatever it has not said is not known.
  await update("[A/B]\n192.0.2.9\n8.8.8.8\n", { all: true });
  expect(await row("192.0.2.9")).toMatchObject({ host_name: null, sources: "ini special" });
  await update("[A/B]\n8.8.8.8 = named.example.org\n", { all: true });
  await update("[A/B]\n8.8.8.8\n", { all: true, dns: () => "silence", tryMs: 100 });
  expect(await row("8.8.8.8")).toMatchObject({ host_name: null, sources: "ini", resolved_at: null });
});

test("where the time for DNS is too short, later runs begin with those not asked for yet", async () => {
  await add("8.8.8.1", "8.8.8.2");
  const asked = async (options: { all?: boolean } = {}) => {
    clock.advance(1000);
    return (await update("", { ...options, dns: (question) => ({ name: `x${question[0]}.example.org` }) })).questions;
  };
  expect([...(await asked())].sort()).toEqual(["1.8.8.8.in-addr.arpa", "2.8.8.8.in-addr.arpa"]);
  await add("8.8.8.3", "8.8.8.0");
  const all = await asked({ all: true });
  expect([...all.slice(0, 2)].sort()).toEqual(["0.8.8.8.in-addr.arpa", "3.8.8.8.in-addr.arpa"]);
  expect(all).toHaveLength(4);
});

test("a run that is cut off, while it describes or while it asks, leaves whole rows, and the next one finishes them", async () => {
  const ini = "[A/B]\n8.8.0.0/16\n";
  const dns = (question: string): DnsReply => ({ name: `h-${question.split(".").slice(0, 2).join("-")}.example.org` });
  const addresses = Array.from({ length: 600 }, (_, at) => [Buffer.from([8, 8, at >> 8, at & 255]), "2026-09-30"]);
  await database.connection.query("INSERT INTO ipInfotable (address, discovered_at) VALUES ?", [addresses]);
  const { socket, user } = await databaseServer();
  const whole =
    "host_name = CONCAT('h-', (CONV(HEX(address), 16, 10) & 255), '-', ((CONV(HEX(address), 16, 10) >> 8) & 255), '.example.org')";
  for (const step of ["described", "named"] as const) {
    const connection = await connect({
      socket,
      host: "localhost",
      port: 3306,
      user,
      password: "",
      database: database.name,
    });
    connection.on("error", () => {});
    const onProgress = (at: string, done: number) => {
      if (at === step && (at === "described" || done === 550)) connection.destroy();
    };
    await expect(update(ini, { dns, connection, onProgress })).rejects.toMatchObject({ code: "DATABASE_LOST" });
    const [torn] = await database.connection.query(
      `SELECT INET6_NTOA(address) AS a FROM ipInfotable
        WHERE host_name IS NOT NULL AND NOT (${whole} AND activity = 'A' AND sources = 'ini dns' AND resolved_at IS NOT NULL)
           OR host_name IS NULL AND resolved_at IS NOT NULL`,
    );
    expect(torn).toEqual([]);
  }
  await update(ini, { dns });
  const [rows] = await database.connection.query(
    `SELECT COUNT(*) AS n FROM ipInfotable WHERE ${whole} AND activity = 'A'`,
  );
  expect(rows).toEqual([{ n: 600 }]);
});
