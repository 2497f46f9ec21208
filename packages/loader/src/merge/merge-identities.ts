import type { Connection } from "@trafmon/database";

const KEY = ["address", "kind", "value", "source", "probe_no"];
const key = KEY.join(", ");
const of = (table: string) => KEY.map((name) => `${table}.${name}`).join(", ");
const same = (one: string, other: string) => KEY.map((name) => `${one}.${name} = ${other}.${name}`).join(" AND ");

/** Longer values are in identtable only: no name of a host is. */
const LONGEST_CHARACTERS = 255;

/**
 * Puts the ranges of a batch together with those that address_identity has: what of one value overlaps or touches becomes
 * one range. The union of ranges does not depend on their order or on how often one comes. Part of the batch's transaction.
 */
export async function mergeIdentities(connection: Connection, staging: string): Promise<void> {
  const run = async (sql: string) => await connection.query(sql);
  for (const table of ["ident_range", "ident_hull", "ident_union"])
    await run(`DROP TEMPORARY TABLE IF EXISTS ${table}`);
  await run(
    `CREATE TEMPORARY TABLE ident_range
     SELECT s.address, s.kind, CAST(s.value AS CHAR(${LONGEST_CHARACTERS})) COLLATE utf8mb4_bin AS value, s.source,
            r.probe_no, s.valid_from, s.valid_to
       FROM ${staging} s
       JOIN probe_run r ON r.run_no = s.run_no
      WHERE CHAR_LENGTH(s.value) <= ${LONGEST_CHARACTERS} AND s.valid_from <= s.valid_to`,
  );
  await run(
    `CREATE TEMPORARY TABLE ident_hull (PRIMARY KEY (address, kind, source, probe_no, value))
     SELECT ${key}, MIN(valid_from) AS valid_from, MAX(valid_to) AS valid_to FROM ident_range GROUP BY ${key}`,
  );
  const touched = `address_identity x JOIN ident_hull h ON ${same("x", "h")}
                   AND x.valid_from <= h.valid_to AND x.valid_to >= h.valid_from`;
  await run(
    `INSERT INTO ident_range (${key}, valid_from, valid_to) SELECT ${of("x")}, x.valid_from, x.valid_to FROM ${touched}`,
  );
  // A range begins an island when every earlier one of its value ended before it. Each once: equal ones have no order.
  await run(
    `CREATE TEMPORARY TABLE ident_union
     SELECT ${key}, MIN(valid_from) AS valid_from, MAX(valid_to) AS valid_to
       FROM (SELECT ${key}, valid_from, valid_to,
                    SUM(begins) OVER (PARTITION BY ${key} ORDER BY valid_from, valid_to ROWS UNBOUNDED PRECEDING) AS island
               FROM (SELECT ${key}, valid_from, valid_to,
                            CASE WHEN valid_from <= MAX(valid_to) OVER (
                                   PARTITION BY ${key} ORDER BY valid_from, valid_to
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS begins
                       FROM (SELECT DISTINCT ${key}, valid_from, valid_to FROM ident_range) each_once) marked) numbered
      GROUP BY ${key}, island`,
  );
  await run(`DELETE x FROM ${touched}`);
  await run(
    `INSERT INTO address_identity (${key}, valid_from, valid_to) SELECT ${key}, valid_from, valid_to FROM ident_union`,
  );
}
