import { type Connection, createInstance, isDatabaseName, type RowDataPacket } from "@trafmon/database";
import { loaderError } from "../errors.ts";

/** What no log tells: who addresses are, whose logs count, what is kept. A rebuilt database takes it from the old one. */
const NOT_IN_LOGS = ["ipInfotable", "address_identity", "feed", "retention"];

/** Brings over what the logs do not tell; rows of the old database win. */
export async function bringOver(connection: Connection, from: string, into: string): Promise<void> {
  const [tables] = await connection.query<RowDataPacket[]>(
    "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)",
    [from, NOT_IN_LOGS],
  );
  for (const { t } of tables)
    await connection.query(`REPLACE INTO \`${into}\`.\`${t}\` SELECT * FROM \`${from}\`.\`${t}\``);
}

/**
 * Puts the tables of `rebuilt` in the place of those of `database`, which go to the database `aside`, in one statement:
 * whoever reads sees the one or the other. Then removes `rebuilt`, which is empty.
 * @throws {CodedError} LOADER_NOT_EMPTY when `aside` exists
 */
export async function swapDatabases(
  connection: Connection,
  names: { readonly template: string; readonly database: string; readonly rebuilt: string; readonly aside: string },
): Promise<void> {
  const { template, database, rebuilt, aside } = names;
  if (!isDatabaseName(aside))
    throw loaderError("LOADER_NOT_EMPTY", `cannot put tables aside into ${aside}: no name for a database`);
  const [taken] = await connection.query<RowDataPacket[]>(
    "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
    [aside],
  );
  if (taken.length > 0) throw loaderError("LOADER_NOT_EMPTY", `cannot put tables aside into ${aside}: it exists`);
  const tablesOf = async (name: string) => {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
      [name],
    );
    return rows.map((row) => row.t as string);
  };
  await connection.query(`CREATE DATABASE \`${aside}\` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  const moves = [
    ...(await tablesOf(database)).map((t) => `\`${database}\`.\`${t}\` TO \`${aside}\`.\`${t}\``),
    ...(await tablesOf(rebuilt)).map((t) => `\`${rebuilt}\`.\`${t}\` TO \`${database}\`.\`${t}\``),
  ];
  await connection.query(`RENAME TABLE ${moves.join(", ")}`);
  await connection.query(`DELETE FROM \`${template}\`.instance WHERE name = ?`, [rebuilt]);
  if ((await tablesOf(rebuilt)).length === 0) await connection.query(`DROP DATABASE \`${rebuilt}\``);
  // Its views again, for they name their tables.
  await createInstance(connection, database, template);
}
