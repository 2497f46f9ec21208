import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Connection, callRoutine, connect, installTemplate, type RowDataPacket } from "@trafmon/database";
import { databaseServer, freshDatabaseName } from "@trafmon/testkit";
import type { Ended } from "./built-programs.ts";
import type { TestSite } from "./test-site.ts";

/** A template and a runtime database of one's own, and the programs that fill and read it. */
export class SiteDatabase {
  readonly template = freshDatabaseName("template");
  readonly name = freshDatabaseName("site");
  readonly #site: TestSite;
  readonly #connection: Connection;
  readonly #credentials: string;

  private constructor(site: TestSite, connection: Connection, socket: string, user: string) {
    this.#site = site;
    this.#connection = connection;
    this.#credentials = join(site.folder, "db.cred");
    writeFileSync(this.#credentials, `[database]\nsocket = ${socket}\nuser = ${user}\ndatabase = ${this.name}\n`, {
      mode: 0o600,
    });
  }

  static async make(site: TestSite): Promise<SiteDatabase> {
    const { socket, user } = await databaseServer();
    const credentials = { socket, host: "localhost", port: 3306, user, password: "", database: "none" };
    const connection = await connect(credentials, { database: null });
    const made = new SiteDatabase(site, connection, socket, user);
    await installTemplate(connection, made.template);
    return made;
  }

  /** Runs trafMon_loader once over the site's log files. */
  async load(limitMs?: number): Promise<Ended> {
    const { logs } = this.#site;
    const args = ["-p", logs, "--cred", this.#credentials, "-d", this.name, "--template", this.template];
    return await this.#site.run("loader", args, limitMs);
  }

  /** Runs trafMon_updateIpInfo with an ipInfo.ini, without asking a name server. */
  async describeAddresses(ipInfo: string): Promise<Ended> {
    return await this.#site.run("ipinfo", ["-p", ipInfo, "--cred", this.#credentials, "-d", this.name, "--no-dns"]);
  }

  /** Runs trafMon_volumeReportGen; the files go to `folder`. */
  async report(folder: string, args: readonly string[]): Promise<Ended> {
    return await this.#site.run("reports", ["-D", folder, "-d", this.name, "--cred", this.#credentials, ...args]);
  }

  /** Calls a procedure of the template, which works on this database. */
  async call(procedure: string, ...parameters: readonly (string | boolean | null)[]): Promise<void> {
    await callRoutine(this.#connection, this.template, procedure, [this.name, ...parameters]);
  }

  /** Rows of a query. Sums of integers come as text: they may be beyond 2^53. */
  async rows(sql: string): Promise<RowDataPacket[]> {
    await this.#connection.query(`USE \`${this.name}\``);
    return (await this.#connection.query<RowDataPacket[]>(sql))[0];
  }

  async remove(): Promise<void> {
    for (const each of [this.template, this.name]) await this.#connection.query(`DROP DATABASE IF EXISTS \`${each}\``);
    await this.#connection.end();
  }
}
