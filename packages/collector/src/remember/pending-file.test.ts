import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommittedFile } from "./journal.ts";
import { PendingFile, type PendingOwner, type PendingRecord } from "./pending-file.ts";

/** Keeps texts that wait, by number; a record adds one, or with kind 2 takes one away. */
class WaitingTexts implements PendingOwner {
  readonly texts: string[] = [];

  pending(): readonly PendingRecord[] {
    return this.texts.map((text) => ({ kind: 1, payload: Buffer.from(text) }));
  }

  restore(kind: number, payload: Buffer): void {
    if (kind === 1) this.texts.push(payload.toString());
    else this.texts.shift();
  }
}

let directory: string;
let lives = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pending-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function start(committed: CommittedFile | null | undefined) {
  const file = new PendingFile(directory, "c", (++lives).toString(16).padStart(16, "0"));
  const owners = [new WaitingTexts(), new WaitingTexts()];
  owners.forEach((owner, index) => {
    file.register(index + 1, owner);
  });
  const isThere = await file.recover(committed);
  const add = (owner: number, text: string) => {
    owners[owner - 1]!.restore(1, Buffer.from(text));
    file.append(owner, 1, Buffer.from(text));
  };
  const take = (owner: number) => {
    owners[owner - 1]!.restore(2, Buffer.alloc(0));
    file.append(owner, 2);
  };
  return { file, owners, isThere, add, take, texts: () => owners.map(({ texts }) => texts) };
}

test("what is committed comes back, each to its owner; what is not is gone", async () => {
  const first = await start(null);
  first.add(1, "a");
  first.add(2, "b");
  first.take(1);
  first.add(1, "c");
  await first.file.flush();
  const { committed } = first.file;
  first.add(1, "never committed");
  await first.file.flush();
  await first.file.close();
  const second = await start(committed);
  expect(second.texts()).toEqual([["c"], ["b"]]);
  second.add(2, "d");
  await second.file.flush();
  await second.file.close();
  expect((await start(second.file.committed)).texts()).toEqual([["c"], ["b", "d"]]);
});

test("grown long it begins anew with what waits, and the old file goes when the journal has named the new one", async () => {
  const { file, add, take, texts } = await start(null);
  const long = "x".repeat(1 << 20);
  for (let n = 0; n < 30; n++) {
    add(1, `${n} ${long}`);
    take(1);
    add(2, String(n));
    await file.flush();
    expect(file.committed!.bytes).toBeLessThan(12 << 20);
    await file.forgetStale();
    expect(readdirSync(directory)).toEqual([file.committed!.name]);
  }
  await file.close();
  expect((await start(file.committed)).texts()).toEqual(texts());
});

test("without a journal the newest file counts as far as it is whole", async () => {
  const first = await start(null);
  first.add(1, "a");
  first.add(1, "b");
  await first.file.flush();
  await first.file.close();
  const path = join(directory, first.file.committed!.name);
  appendFileSync(path, "half a record");
  const second = await start(undefined);
  expect(second.texts()).toEqual([["a", "b"], []]);
  expect(second.file.committed).toEqual(first.file.committed);
});

test("a file that is gone is told, and one that is damaged refused", async () => {
  const first = await start(null);
  first.add(1, "a");
  await first.file.flush();
  await first.file.close();
  const committed = first.file.committed!;
  const path = join(directory, committed.name);
  truncateSync(path, committed.bytes - 1);
  await expect(start(committed)).rejects.toMatchObject({ code: "COLLECTOR_PENDING_DAMAGED" });
  rmSync(path);
  expect((await start(committed)).isThere).toBe(false);
  writeFileSync(join(directory, "c.pending.left.1"), "of a crash before the commit");
  await start(null);
  expect(readdirSync(directory)).toEqual([]);
});

test("any bytes at all are read up to the first that make no record", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string(), { maxLength: 5 }), fc.nat(), fc.uint8Array(), async (texts, at, noise) => {
      const first = await start(null);
      for (const text of texts) first.add(1, text);
      await first.file.flush();
      await first.file.close();
      if (texts.length === 0) return;
      const path = join(directory, first.file.committed!.name);
      truncateSync(path, at % (first.file.committed!.bytes + 1));
      appendFileSync(path, noise);
      const second = await start(undefined);
      const [found] = second.texts();
      expect(found).toEqual(texts.slice(0, found!.length));
    }),
    { numRuns: 40 },
  );
});
