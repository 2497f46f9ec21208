import { type Connection, createConnection } from "mysql2/promise";
import type { Credentials } from "./credentials.ts";
import { isLost, serverError } from "./server-error.ts";

export type { Connection };

export interface ConnectOptions {
  /** Database to use; null: none, for what comes before there is one. Default: that of the credentials. */
  readonly database?: string | null;
  /** How long to wait for the server's answer to a connection, milliseconds. */
  readonly timeoutMs?: number;
}

/** Both servers refuse what does not fit, where they would otherwise store something near it. */
const SQL_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY";

/**
 * Servers end sessions that ask nothing for 8 hours, and with them their locks. Ours may rightly be busy elsewhere so long;
 * whose machine is gone is known from TCP. A year: what both servers take at most.
 */
const WAIT_TIMEOUT_S = 31_536_000;

/**
 * Connects, and makes the session ours: UTC, strict, charset utf8mb4 with exact comparison. Integers that a double
 * cannot hold come as strings; DATETIME comes as Date in UTC.
 * @throws {CodedError} DATABASE_UNAVAILABLE, DATABASE_DENIED ...
 */
export async function connect(credentials: Credentials, options: ConnectOptions = {}): Promise<Connection> {
  const database = options.database === undefined ? credentials.database : options.database;
  const place = credentials.socket ?? `${credentials.host}:${credentials.port}`;
  let connection: Connection | null = null;
  try {
    connection = await createConnection({
      ...(credentials.socket === null
        ? { host: credentials.host, port: credentials.port }
        : { socketPath: credentials.socket }),
      user: credentials.user,
      password: credentials.password,
      ...(database === null ? {} : { database }),
      connectTimeout: options.timeoutMs ?? 10_000,
      charset: "utf8mb4_bin",
      timezone: "Z",
      supportBigNumbers: true,
      // Sums are DECIMAL to both servers; as numbers where they are whole and fit.
      decimalNumbers: false,
    });
    await connection.query(
      `SET time_zone = '+00:00', sql_mode = '${SQL_MODE}', NAMES utf8mb4 COLLATE utf8mb4_bin, innodb_lock_wait_timeout = 600,
           wait_timeout = ${WAIT_TIMEOUT_S}`,
    );
    return tellingLoss(connection, place);
  } catch (error) {
    connection?.destroy();
    throw serverError(`reach the database server at ${place} as ${credentials.user}`, error);
  }
}

/**
 * A server that goes away can be met by any statement: all of them tell it as DATABASE_LOST. Other errors stay the
 * server's own, since callers look at their numbers.
 */
function tellingLoss(connection: Connection, place: string): Connection {
  const query = connection.query.bind(connection) as (...values: unknown[]) => Promise<unknown>;
  connection.query = (async (...values: unknown[]) => {
    try {
      return await query(...values);
    } catch (error) {
      throw isLost(error) ? serverError(`go on with the database server at ${place}`, error) : error;
    }
  }) as typeof connection.query;
  return connection;
}
