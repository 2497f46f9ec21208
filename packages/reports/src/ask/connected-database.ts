import { type Connection, connect, errorNumber, readCredentials, serverError } from "@trafmon/database";
import { reportsError } from "../errors.ts";
import type { Database } from "./volume-question.ts";

const UNKNOWN_DATABASE = 1049;
const NO_SUCH_TABLE = 1146;

/**
 * The database of reports, as one moment had it: all questions see one snapshot, whatever is loaded meanwhile.
 * `name`: null for the one that the credentials name.
 */
export class ConnectedDatabase implements Database {
  readonly name: string;
  readonly #connection: Connection;

  private constructor(connection: Connection, name: string) {
    this.#connection = connection;
    this.name = name;
  }

  /** @throws {CodedError} REPORTS_NO_TABLES, and those of the database package */
  static async open(credentialsFile: string, name: string | null): Promise<ConnectedDatabase> {
    const credentials = readCredentials(credentialsFile);
    const database = name ?? credentials.database;
    let connection: Connection;
    try {
      connection = await connect(credentials, { database });
    } catch (error) {
      if (errorNumber((error as Error).cause) !== UNKNOWN_DATABASE) throw error;
      throw reportsError("REPORTS_NO_TABLES", `cannot find the database ${database}`, error);
    }
    const opened = new ConnectedDatabase(connection, database);
    try {
      await connection.query("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    } catch (error) {
      await opened.close();
      throw serverError("begin to read", error);
    }
    return opened;
  }

  async rows<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    try {
      const [rows] = await this.#connection.query(sql, [...values]);
      return rows as T[];
    } catch (error) {
      if (errorNumber(error) !== NO_SUCH_TABLE) throw serverError(`read ${this.name}`, error);
      throw reportsError("REPORTS_NO_TABLES", `cannot read ${this.name}: ${(error as Error).message}`, error);
    }
  }

  async close(): Promise<void> {
    await this.#connection.end();
  }
}
