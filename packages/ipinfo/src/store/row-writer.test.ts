import { readFileSync } from "node:fs";
import { connect, runScript } from "@trafmon/database";
import { databaseServer, type FreshDatabase, freshDatabase, lockWait } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AddressRow } from "../find/address-row.ts";
import { addressOfBytes } from "../resolve/address.ts";
import { RowWriter } from "./row-writer.ts";

const TABLE = readFileSync(new URL("../../../../sql/tables/ipInfotable.sql", import.meta.url), "utf8");
const NOW = "2026-10-01 00:00:00.000000";

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase("ipinfo");
  await runScript(database.connection, TABLE);
});
afterEach(() => database.remove());

function rowOf(last: number, hostName: string | null): AddressRow {
  const bytes = Buffer.from([192, 0, 2, last]);
  const description = { host_name: hostName, sources: hostName === null ? null : "dns" };
  return {
    address: addressOfBytes(bytes)!,
    bytes,
    discoveredAt: NOW,
    description: description as AddressRow["description"],
    hostNameTriedAt: null,
    hostNameError: null,
    resolvedAt: null,
    changedAt: null,
  };
}

test("what a loader's rows stand against is written once they are free, deadlocks too", async () => {
  const { socket, user } = await databaseServer();
  const loader = await connect(
    { socket, host: "localhost", port: 3306, user, password: "", database: database.name },
    {},
  );
  try {
    const known = Array.from({ length: 200 }, (_, last) => [Buffer.from([192, 0, 2, last]), NOW]);
    await database.connection.query("INSERT INTO ipInfotable (address, discovered_at) VALUES ?", [known]);
    await loader.query("START TRANSACTION");
    // It holds many rows, so that the server ends the writer's statement and not its own.
    await loader.query("UPDATE ipInfotable SET city = 'x' WHERE address > INET6_ATON('192.0.2.9')");
    const writer = new RowWriter(database.connection);
    for (const last of [1, 100]) await writer.put(rowOf(last, null), rowOf(last, `h${last}.example.org`), NOW);
    const written = writer.flush();
    await lockWait(database.connection, loader);
    await loader.query("UPDATE ipInfotable SET city = 'y' WHERE address = INET6_ATON('192.0.2.1')");
    await loader.query("COMMIT");
    await written;
    const [rows] = await database.connection.query(
      "SELECT INET6_NTOA(address) AS a, host_name FROM ipInfotable WHERE host_name IS NOT NULL ORDER BY address",
    );
    expect(rows).toEqual([
      { a: "192.0.2.1", host_name: "h1.example.org" },
      { a: "192.0.2.100", host_name: "h100.example.org" },
    ]);
  } finally {
    await loader.end();
  }
});
