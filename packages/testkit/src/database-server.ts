import { request } from "node:http";
import { type Connection, createConnection } from "mysql2/promise";

export interface TestServer {
  readonly socket: string;
  readonly user: string;
}

let asked: Promise<TestServer> | null = null;

/**
 * The database server of this test run, started by whoever asks first.
 * @throws {Error} when none can be started: a test that needs it fails, it is never skipped
 */
export function databaseServer(): Promise<TestServer> {
  asked ??= ask();
  return asked;
}

/** A connection to it, as its root, with times in UTC and 64-bit integers as they are. */
export async function connectToTestServer(database?: string): Promise<Connection> {
  const { socket, user } = await databaseServer();
  return await createConnection({
    socketPath: socket,
    user,
    ...(database === undefined ? {} : { database }),
    charset: "utf8mb4_bin",
    timezone: "Z",
    supportBigNumbers: true,
    multipleStatements: true,
  });
}

let made = 0;

/** A name no other test file uses, for databases: `tm_<process>_<number>_<purpose>`. */
export function freshDatabaseName(purpose: string): string {
  made += 1;
  return `tm_${process.pid}_${made}_${purpose}`;
}

export interface FreshDatabase {
  readonly name: string;
  readonly connection: Connection;
  /** Drops the database and closes the connection. */
  remove(): Promise<void>;
}

/** An empty database of one's own. */
export async function freshDatabase(purpose = "test"): Promise<FreshDatabase> {
  const name = freshDatabaseName(purpose);
  const connection = await connectToTestServer();
  await connection.query(`CREATE DATABASE \`${name}\` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await connection.query(`USE \`${name}\``);
  return {
    name,
    connection,
    remove: async () => {
      await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
      await connection.end();
    },
  };
}

function ask(): Promise<TestServer> {
  const door = process.env.TRAFMON_TEST_DATABASE;
  if (door === undefined) {
    return Promise.reject(new Error("cannot find a database server: TRAFMON_TEST_DATABASE is set by vitest.config.ts"));
  }
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: door, path: "/" }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        if (response.statusCode !== 200) return reject(new Error(text));
        resolve({ ...(JSON.parse(text) as { socket: string }), user: "root" });
      });
    });
    asking.on("error", reject);
    asking.end();
  });
}
