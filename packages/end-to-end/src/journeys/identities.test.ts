import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../site/built-programs.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";

const CAPTURE = join(ROOT, "samples/morning.office.pcap.gz");

let site: TestSite;
let database: SiteDatabase;

beforeAll(async () => {
  site = await TestSite.make({ probes: ["office"] });
  await site.startCollector();
  expect(await site.replay("office", [CAPTURE])).toMatchObject({ exitCode: 0 });
  await site.stopCollector();
  database = await SiteDatabase.make(site);
  expect(await database.load()).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await database?.remove();
  await site?.remove();
});

/** What clients asked for and the answer's address, with its time: tshark. */
function answers(): { name: string; address: string; lifeS: number; at: string }[] {
  const fields = ["dns.qry.name", "dns.a", "dns.resp.ttl", "frame.time_epoch"].flatMap((field) => ["-e", field]);
  const words = ["-r", CAPTURE, "-Y", "dns.a && dns.qry.type==1", "-T", "fields", "-E", "occurrence=l", ...fields];
  const lines = execFileSync("tshark", words, { stdio: ["ignore", "pipe", "ignore"] })
    .toString()
    .trimEnd()
    .split("\n");
  return lines.map((line) => {
    const [name, address, lifeS, epoch] = line.split("\t");
    const at = new Date(Math.floor(Number(epoch)) * 1000 + 1000).toISOString().slice(0, 19).replace("T", " ");
    return { name: name!, address: address!, lifeS: Number(lifeS), at };
  });
}

test("which name had this address then is one query, and every answer on the wire is in it", async () => {
  const wire = answers();
  expect(wire.length).toBeGreaterThan(5);
  for (const { name, address, at } of wire) {
    const rows = await database.rows(
      `SELECT value FROM v_identity
        WHERE address_bytes = INET6_ATON('${address}') AND kind = 'name' AND source = 'dns' AND probe = 'office'
          AND '${at}' BETWEEN valid_from AND valid_to
        ORDER BY valid_from DESC`,
    );
    expect(
      rows.map((row) => row.value),
      `${address} at ${at}`,
    ).toContain(name);
  }
});

test("before the first answer nobody knew a name, and after its time to live it is over", async () => {
  const [first] = answers();
  const at = async (when: string) =>
    await database.rows(
      `SELECT value FROM v_identity WHERE address_bytes = INET6_ATON('${first!.address}') AND source = 'dns'
          AND '${when}' BETWEEN valid_from AND valid_to`,
    );
  expect(await at("2026-11-19 08:00:00")).toEqual([]);
  const [last] = await database.rows(
    `SELECT TIMESTAMPDIFF(SECOND, valid_from, valid_to) AS lasts FROM v_identity
      WHERE address_bytes = INET6_ATON('${first!.address}') AND value = '${first!.name}' AND source = 'dns'`,
  );
  // The answers came within a minute, each good for an hour.
  expect(Number(last!.lasts)).toBeGreaterThanOrEqual(first!.lifeS);
  expect(Number(last!.lasts)).toBeLessThan(first!.lifeS + 70);
  expect(await at("2026-11-19 10:00:00")).toEqual([]);
});
