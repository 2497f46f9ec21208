import fs, { fstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SampleLogs } from "../fixtures/sample-logs.ts";
import { LogFolder } from "./log-folder.ts";

const NOW = new Date("2026-10-01T12:00:00Z");

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "tm-log-folder-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(path, { recursive: true, force: true });
});

/** Notes what this process has the disk keep, in order: name and bytes of a file, name and entries of a folder. */
async function watchSyncs(): Promise<string[]> {
  const syncs: string[] = [];
  const note = (fd: number) => {
    const target = readlinkSync(`/proc/self/fd/${fd}`);
    const size = fstatSync(fd).isDirectory() ? readdirSync(target).sort().join(" ") : `${fstatSync(fd).size} bytes`;
    syncs.push(`${basename(target)}: ${size}; loading: ${readdirSync(join(path, "loading")).length}`);
  };
  const fsync = fs.fsync;
  vi.spyOn(fs, "fsync").mockImplementation(((fd: number, done: fs.NoParamCallback) => {
    note(fd);
    fsync(fd, done);
  }) as never);
  const file = await open(path, "r");
  const handles = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const { sync } = handles;
  vi.spyOn(handles, "sync").mockImplementation(async function (this: FileHandle) {
    note(this.fd);
    await sync.call(this);
  });
  return syncs;
}

test("a log goes once its compressed copy is on the disk, and the copy's name", async () => {
  const names = new SampleLogs("p1").add("flowend", {}).add("capst", {}).write(path).sort();
  const folder = await LogFolder.open(path);
  const files = await folder.take();
  const syncs = await watchSyncs();
  await folder.finish(files, NOW, 7);
  const day = join(path, "loaded", "2026-10-01");
  const kept = readdirSync(day).sort();
  expect(kept).toEqual(names.map((name) => `${name}.gz`));
  const sizes = new Map(kept.map((name) => [name, readFileSync(join(day, name)).length]));
  expect(syncs.slice(0, 2).sort()).toEqual(kept.map((name) => `${name}.part: ${sizes.get(name)} bytes; loading: 2`));
  expect(syncs.slice(2)).toEqual([`2026-10-01: ${kept.join(" ")}; loading: 2`, "loaded: 2026-10-01; loading: 2"]);
  expect(readdirSync(join(path, "loading"))).toEqual([]);
  for (const name of kept) expect(gunzipSync(readFileSync(join(day, name))).toString()).toContain("p1\t");
});

test("putting away again after a crash leaves one whole copy", async () => {
  new SampleLogs("p1").add("capst", {}).write(path);
  const folder = await LogFolder.open(path);
  const files = await folder.take();
  const text = readFileSync(files[0]!.path);
  await folder.finish(files, NOW, 7);
  // The copy was cut off, and the log is there still.
  const copy = join(path, "loaded", "2026-10-01", `${files[0]!.name}.gz`);
  writeFileSync(copy, readFileSync(copy).subarray(0, 9));
  writeFileSync(files[0]!.path, text);
  await folder.finish(files, NOW, 7);
  expect(gunzipSync(readFileSync(copy))).toEqual(text);
  expect(readdirSync(join(path, "loading"))).toEqual([]);
});
