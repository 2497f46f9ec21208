import { readFileSync } from "node:fs";
import { runScript } from "@trafmon/database";
import { createLog, FakeClock, systemClock } from "@trafmon/runtime";
import { type Bind9, bind9, type FreshDatabase, freshDatabase } from "@trafmon/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { GeoDatabases } from "./resolve/geo-databases.ts";
import { RangeIndex } from "./resolve/range-index.ts";
import type { ReverseDnsOptions } from "./resolve/reverse-dns.ts";
import { type UpdateResult, updateAddresses } from "./update.ts";

const TABLE = readFileSync(new URL("../../../sql/tables/ipInfotable.sql", import.meta.url), "utf8");
const HOUR_MS = 3_600_000;

/** As many names of one address as BIND bears: some 6000 bytes, more than any datagram that is asked for. */
const MANY = Array.from({ length: 95 }, (_, at) => `customer-${1000 + at}-${"x".repeat(45)}.pool.example.org.`);

const FOUR = `
1 IN PTR one.example.org.
3 IN TXT "an address with a text and no name"
${MANY.map((name) => `4 IN PTR ${name}`).join("\n")}
5 IN CNAME 5.0-63
5.0-63 IN PTR delegated.example.org.
6 IN PTR a\\032b\\007.example.org.
7 IN PTR ${"long-label.".repeat(21)}example.org.
8 IN CNAME nowhere.example.org.
9 IN CNAME 9
$GENERATE 20-200 $ IN PTR host-$.example.org.
`;
const SIX = `1.0.0.0${".0".repeat(20)} IN PTR six.example.org.\n`;

let server: Bind9;
let database: FreshDatabase;
let clock: FakeClock;
beforeAll(async () => {
  server = await bind9({ "4.8.8.in-addr.arpa": FOUR, "0.5.4.1.0.0.a.2.ip6.arpa": SIX });
});
afterAll(async () => {
  await server?.close();
});
beforeEach(async () => {
  database = await freshDatabase("ipinfo");
  await runScript(database.connection, TABLE);
  clock = new FakeClock(Date.UTC(2026, 9, 1));
});
afterEach(() => database.remove());

async function add(...addresses: readonly string[]): Promise<void> {
  await database.connection.query(
    `INSERT INTO ipInfotable (address, discovered_at) VALUES ${addresses.map(() => "(INET6_ATON(?), '2026-09-30')").join(", ")}`,
    [...addresses],
  );
}

/** Name and error of each address. */
async function names(): Promise<Record<string, string | null>> {
  const [rows] = await database.connection.query(
    "SELECT INET6_NTOA(address) AS address, host_name, host_name_error FROM ipInfotable ORDER BY 1",
  );
  const all = rows as { address: string; host_name: string | null; host_name_error: string | null }[];
  return Object.fromEntries(all.map((row) => [row.address, row.host_name ?? row.host_name_error]));
}

async function update(all = false, dns: Partial<ReverseDnsOptions> = {}): Promise<UpdateResult> {
  const options = { parallel: 8, overallMs: 600_000, tryMs: 10_000, tries: 2, clock: systemClock };
  return await updateAddresses(
    database.connection,
    { ranges: new RangeIndex([]), privateDns: true, geo: await GeoDatabases.open("/nowhere") },
    {
      all,
      dns: { ...options, servers: [server.server], ...dns },
      clock,
      log: createLog({ program: "test", write: () => {} }).log,
      onProgress: () => {},
    },
  );
}

test("what a real name server says of addresses: names, none, too many, through aliases, refused", async () => {
  const asked = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((last) => `8.8.4.${last}`);
  await add(...asked, "2a00:1450::1", "2a00:1450::2", "9.9.9.9");
  const { named, leftForDns } = await update();
  expect(await names()).toEqual({
    "8.8.4.1": "one.example.org",
    // It does not exist; it exists and has no name.
    "8.8.4.2": "no name",
    "8.8.4.3": "no name",
    // The first by the alphabet, so that every run says the same whatever order the server chooses.
    "8.8.4.4": MANY[0]!.slice(0, -1),
    "8.8.4.5": "delegated.example.org",
    "8.8.4.6": "no name",
    "8.8.4.7": `${"long-label.".repeat(21)}example.org`,
    // An alias that leads out of what the server knows, and one that leads to itself, which is its owner's trouble.
    "8.8.4.8": "no name",
    "8.8.4.9": "ESERVFAIL",
    "2a00:1450::1": "six.example.org",
    "2a00:1450::2": "no name",
    "9.9.9.9": "EREFUSED",
  });
  expect([named, leftForDns]).toEqual([5, 0]);
  expect(server.questions()).toContain("4.4.8.8.in-addr.arpa PTR over TCP");
});

test("one of many names stays the same from run to run", async () => {
  await add("8.8.4.4");
  await update();
  for (let run = 0; run < 3; run++) expect(await update(true)).toMatchObject({ changed: 0 });
});

test("a missing name is asked for again after a day, a refusal after an hour, a name by --all only", async () => {
  await add("8.8.4.1", "8.8.4.2", "9.9.9.9");
  await update();
  const before = server.questions().length;
  clock.advance(HOUR_MS - 1000);
  expect(await update()).toMatchObject({ addresses: 0 });
  expect(server.questions()).toHaveLength(before);
  clock.advance(2000);
  expect(await update()).toMatchObject({ addresses: 1 });
  clock.advance(23 * HOUR_MS);
  expect(await update()).toMatchObject({ addresses: 2 });
  expect(await update(true)).toMatchObject({ addresses: 3 });
});

test("a server that falls silent is given up, takes no name away, and is asked again later", async () => {
  const many = Array.from({ length: 181 }, (_, at) => `8.8.4.${at + 20}`);
  await add("8.8.4.1", ...many);
  await database.connection.query("UPDATE ipInfotable SET host_name = 'old.example.org', sources = 'dns' LIMIT 1");
  server.pause();
  try {
    const silent = await update(false, { tryMs: 100, tries: 1 });
    expect(silent.leftForDns).toBeGreaterThan(100);
    expect(Object.values(await names())).toContain("old.example.org");
  } finally {
    server.resume();
  }
  clock.advance(HOUR_MS + 1000);
  expect(await update(true)).toMatchObject({ named: 182, leftForDns: 0 });
  expect((await names())["8.8.4.77"]).toBe("host-77.example.org");
});

test("a server that is slow is waited for", async () => {
  const many = Array.from({ length: 60 }, (_, at) => `8.8.4.${at + 20}`);
  await add(...many);
  server.pause();
  const timer = setTimeout(() => server.resume(), 700);
  try {
    expect(await update()).toMatchObject({ named: 60, leftForDns: 0 });
  } finally {
    clearTimeout(timer);
    server.resume();
  }
});
