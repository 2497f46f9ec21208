import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
// @ts-expect-error: plain JavaScript, which no project of ours compiles.
import { runningPid, startPrivateMariaDb, stopPrivateMariaDb } from "./mariadb.mjs";

test("a private server is joined while it runs, ends when told, and starts again on its data", async () => {
  const parent = mkdtempSync(join(tmpdir(), "tm-mariadb-"));
  // A path too long for a Unix socket must not keep it from starting.
  const dir = join(parent, "a-folder-with-a-long-name".repeat(4));
  try {
    expect(await runningPid(dir)).toBeNull();
    const first = await startPrivateMariaDb({ dir, safe: false });
    const joined = await startPrivateMariaDb({ dir, safe: false });
    expect(joined).toMatchObject({ pid: first.pid, socket: first.socket });
    expect(await runningPid(dir)).toBe(first.pid);

    await stopPrivateMariaDb(dir);
    expect(await runningPid(dir)).toBeNull();
    expect(existsSync(first.socket)).toBe(false);
    await stopPrivateMariaDb(dir);

    const again = await startPrivateMariaDb({ dir, safe: false });
    expect(again.pid).not.toBe(first.pid);
    await again.stop();
    expect(await runningPid(dir)).toBeNull();
  } finally {
    await stopPrivateMariaDb(dir);
    rmSync(parent, { recursive: true, force: true });
  }
});
