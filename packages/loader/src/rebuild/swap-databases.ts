import { type Connection, createInstance, isDatabaseName, type RowDataPacket, serverError } from "@trafmon/database";
import { loaderError } from "../errors.ts";
import { sharedColumns } from "./bring-over.ts";
import { STAYING } from "./table-roles.ts";

export interface SwapNames {
  readonly template: string;
  readonly database: string;
  readonly rebuilt: string;
  /** Database to be made, which takes the old tables. */
  readonly aside: string;
}

/** No table of ours begins so, and Drop_working_tables takes away what does. */
const TRIAL = "_rebuild_trial";

/**
 * Tries on a table of one column what the swap will do with all of them, so that a right that is missing is met before the
 * hours of loading.
 * @throws {CodedError} LOADER_NOT_EMPTY when `aside` holds tables, DATABASE_DENIED ...
 */
export async function trySwap(connection: Connection, { database, rebuilt, aside }: SwapNames): Promise<void> {
  for (const name of [rebuilt, aside]) {
    if (!isDatabaseName(name))
      throw loaderError("LOADER_NOT_EMPTY", `cannot put tables into ${name}: no name for a database`);
  }
  if (new Set([database, rebuilt, aside]).size < 3) {
    throw loaderError(
      "LOADER_NOT_EMPTY",
      `cannot put tables aside into ${aside}: it is one of the two that change places`,
    );
  }
  if ((await tablesOf(connection, aside)).length > 0) {
    throw loaderError("LOADER_NOT_EMPTY", `cannot put tables aside into ${aside}: it holds tables`);
  }
  const path = [rebuilt, database, aside].map((each) => `\`${each}\`.${TRIAL}`);
  try {
    await makeDatabase(connection, rebuilt);
    await makeDatabase(connection, aside);
    for (const each of path) await connection.query(`DROP TABLE IF EXISTS ${each}`);
    await connection.query(`CREATE TABLE ${path[0]} (n INT PRIMARY KEY)`);
    await connection.query(`INSERT INTO ${path[0]} VALUES (1)`);
    await connection.query(`RENAME TABLE ${path[0]} TO ${path[1]}`);
    await connection.query(`RENAME TABLE ${path[1]} TO ${path[2]}`);
    await connection.query(`DROP TABLE ${path[2]}`);
  } catch (error) {
    throw serverError(`put tables of ${rebuilt} into ${database}, and its own into ${aside}`, error);
  }
}

/**
 * Puts the tables of `rebuilt` in the place of those of `database`, which go to the database `aside`, in one statement:
 * whoever reads sees the one or the other. Tables that the logs tell nothing of stay, with what was written into them
 * meanwhile; `aside` gets copies. Then removes `rebuilt`, which is empty but for its own copies.
 * @throws {CodedError} LOADER_NOT_EMPTY when `aside` holds tables, LOADER_FEED_CHANGED
 */
export async function swapDatabases(connection: Connection, names: SwapNames): Promise<void> {
  const { template, database, rebuilt, aside } = names;
  await trySwap(connection, names);
  await refuseOtherFeed(connection, names);
  const [own, fresh] = [await tablesOf(connection, database), await tablesOf(connection, rebuilt)];
  const staying = new Set<string>(STAYING);
  // Tables that somebody else made in the database stay there, too.
  const moving = fresh.filter((each) => !(staying.has(each) && own.includes(each)));
  const addresses = await sharedColumns(connection, rebuilt, database, "ipInfotable");
  await connection.query(
    `INSERT IGNORE INTO \`${database}\`.ipInfotable (${addresses}) SELECT ${addresses} FROM \`${rebuilt}\`.ipInfotable`,
  );
  const moves = [
    ...moving.filter((t) => own.includes(t)).map((t) => `\`${database}\`.\`${t}\` TO \`${aside}\`.\`${t}\``),
    ...moving.map((t) => `\`${rebuilt}\`.\`${t}\` TO \`${database}\`.\`${t}\``),
  ];
  await connection.query(`RENAME TABLE ${moves.join(", ")}`);
  await connection.query(`DELETE FROM \`${template}\`.instance WHERE name = ?`, [rebuilt]);
  await connection.query(`DROP DATABASE \`${rebuilt}\``);
  for (const table of STAYING) {
    await connection.query(`CREATE TABLE \`${aside}\`.\`${table}\` LIKE \`${database}\`.\`${table}\``);
    await connection.query(`INSERT INTO \`${aside}\`.\`${table}\` SELECT * FROM \`${database}\`.\`${table}\``);
  }
  // Its views again, for they name their tables.
  await createInstance(connection, database, template);
}

/** Lines were refused by the feeds as they were at the beginning. */
async function refuseOtherFeed(connection: Connection, { database, rebuilt }: SwapNames): Promise<void> {
  const columns = await sharedColumns(connection, database, rebuilt, "feed");
  const feeds = [];
  for (const name of columns === "" ? [] : [database, rebuilt]) {
    feeds.push((await connection.query(`SELECT ${columns} FROM \`${name}\`.feed ORDER BY probe, since`))[0]);
  }
  if (JSON.stringify(feeds[0]) !== JSON.stringify(feeds[1])) {
    throw loaderError(
      "LOADER_FEED_CHANGED",
      `cannot put ${rebuilt} in the place of ${database}: its feed is another now`,
    );
  }
}

async function makeDatabase(connection: Connection, name: string): Promise<void> {
  await connection.query(`CREATE DATABASE IF NOT EXISTS \`${name}\` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
}

async function tablesOf(connection: Connection, database: string): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
    [database],
  );
  return rows.map((row) => row.t as string);
}
