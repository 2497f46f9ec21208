import { fileURLToPath } from "node:url";

/** A database server of one test alone, to be treated badly. */
export interface PrivateServer {
  readonly socket: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL("../../../scripts/mariadb.mjs", import.meta.url));

/**
 * Starts a server on the data folder below `dir`, which is made the first time. It writes its log at each commit, so
 * that what was committed outlives its own end, however that comes.
 */
export async function startPrivateServer(dir: string): Promise<PrivateServer> {
  const { startPrivateMariaDb } = (await import(SCRIPT)) as {
    startPrivateMariaDb(options: { dir: string }): Promise<PrivateServer>;
  };
  return await startPrivateMariaDb({ dir });
}
