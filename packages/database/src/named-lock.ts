import { createHash } from "node:crypto";
import type { Connection, RowDataPacket } from "mysql2/promise";

/**
 * A lock the server holds for a session and frees when the session ends, however that happens. Server-wide, so the
 * name is made of what is locked; MySQL takes 64 characters at most, hence the hash.
 */
export class NamedLock {
  readonly #connection: Connection;
  readonly name: string;
  /** The server's number of the session that took it. */
  #session: unknown = null;

  constructor(connection: Connection, purpose: string, subject: string) {
    this.#connection = connection;
    this.name = `${purpose}_${createHash("sha256").update(subject).digest("hex").slice(0, 32)}`;
  }

  /** Takes the lock if it is free within `waitS` seconds; tells whether it did. */
  async take(waitS = 0): Promise<boolean> {
    this.#session = await this.#ask("SELECT CONNECTION_ID() AS answer", []);
    return (await this.#ask("SELECT GET_LOCK(?, ?) AS answer", [this.name, waitS])) === 1;
  }

  /** Whether the session that took it holds it still; `through`: the session that asks. */
  async isOurs(through = this.#connection): Promise<boolean> {
    return (await this.#ask("SELECT IS_USED_LOCK(?) = ? AS answer", [this.name, this.#session], through)) === 1;
  }

  async release(): Promise<void> {
    await this.#ask("SELECT RELEASE_LOCK(?) AS answer", [this.name]);
  }

  async #ask(sql: string, values: readonly unknown[], through = this.#connection): Promise<unknown> {
    const [rows] = await through.query<RowDataPacket[]>(sql, [...values]);
    return rows[0]?.answer;
  }
}
