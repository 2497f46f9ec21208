/**
 * The database server of a test run. It is started when the first test asks for it, so that runs without a database
 * test need neither the server nor its time: tests ask over a socket, named in TRAFMON_TEST_DATABASE, and are told
 * where the server is. TRAFMON_TEST_SOCKET names a server that runs already, for tests on another one (its root without
 * password, local_infile on).
 */
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPrivateMariaDb } from "./mariadb.mjs";

export default async function setup() {
  const dir = mkdtempSync(join(fastFolder(), "tm-test-"));
  /** @type {Promise<import("./mariadb.mjs").PrivateMariaDb> | null} */
  let server = null;
  const door = createServer(async (_request, response) => {
    try {
      const given = process.env.TRAFMON_TEST_SOCKET;
      if (given === undefined) server ??= startPrivateMariaDb({ dir: join(dir, "db"), safe: false });
      const socket = given ?? (await server)?.socket;
      response.end(JSON.stringify({ socket }));
    } catch (error) {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    }
  });
  const path = join(dir, "door");
  await new Promise((listening) => door.listen(path, () => listening(undefined)));
  process.env.TRAFMON_TEST_DATABASE = path;

  return async function teardown() {
    door.closeAllConnections();
    door.close();
    // One that failed to start has told the tests why.
    const started = await server?.catch(() => null);
    await started?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}

/** In memory where there is room: a database of ours is a hundred files, made and dropped for every test. */
function fastFolder() {
  try {
    accessSync("/dev/shm", constants.W_OK);
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize > 2 ** 30 ? "/dev/shm" : tmpdir();
  } catch {
    return tmpdir();
  }
}
