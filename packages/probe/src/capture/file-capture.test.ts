import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PcapWriter, pcapFileHeader } from "@trafmon/packet";
import { CodedError } from "@trafmon/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withFolder } from "../testing/temporary-folder.ts";
import { FileCapture } from "./file-capture.ts";

const START_S = 1_700_000_000;

/** Milliseconds after START_S at which a file's frames were captured, in the order written. */
type Times = readonly number[];

/** Writes a file whose frames hold their own number. */
function write(path: string, times: Times): void {
  const writer = new PcapWriter(path);
  times.forEach((ms, index) => {
    const frame = new Uint8Array(60);
    new DataView(frame.buffer).setUint32(0, index);
    writer.write(START_S + Math.floor(ms / 1000), (ms % 1000) * 1_000_000, frame);
  });
  writer.close();
}

interface Read {
  readonly file: number;
  readonly frame: number;
  readonly ms: number;
}

/** All frames of the source; each file is an interface of its own. */
async function readAll(source: FileCapture): Promise<Read[]> {
  const frames: Read[] = [];
  await source.open();
  do {
    while (source.next()) {
      frames.push({
        file: source.interfaceNumber,
        frame: new DataView(source.bytes.buffer, source.bytes.byteOffset + source.offset).getUint32(0),
        ms: (source.seconds - START_S) * 1000 + source.nanos / 1_000_000,
      });
    }
  } while (await source.fill());
  await source.close();
  return frames;
}

/** What a merge by heads gives: always the earliest head, of equal ones the first file's. */
function merged(files: readonly Times[]): Read[] {
  const next = files.map(() => 0);
  const frames: Read[] = [];
  for (;;) {
    let best = -1;
    files.forEach((times, file) => {
      if (next[file]! >= times.length) return;
      if (best < 0 || times[next[file]!]! < files[best]![next[best]!]!) best = file;
    });
    if (best < 0) return frames;
    frames.push({ file: best, frame: next[best]!, ms: files[best]![next[best]!]! });
    next[best]!++;
  }
}

test("files are merged by their heads, each read in its own order", async () => {
  const anyTimes = fc.array(fc.nat(5000), { maxLength: 12 });
  const anyFiles = fc.array(
    fc.oneof(
      anyTimes,
      anyTimes.map((times) => times.toSorted((a, b) => a - b)),
    ),
    {
      maxLength: 5,
    },
  );
  await fc.assert(
    fc.asyncProperty(anyFiles, async (files) => {
      await withFolder(async (folder) => {
        const paths = files.map((times, index) => {
          const path = join(folder, `${index}.pcap`);
          write(path, times);
          return { path, interfaceNumber: index };
        });
        expect(await readAll(new FileCapture(paths))).toEqual(merged(files));
      });
    }),
    { numRuns: 150 },
  );
});

test("long files are merged across their chunks", async () => {
  await withFolder(async (folder) => {
    const files = [0, 1, 2].map((file) => Array.from({ length: 20_000 }, (_, index) => index * 2 + ((file * 7) % 3)));
    const paths = files.map((times, index) => {
      const path = join(folder, `${index}.pcap`);
      write(path, times);
      return { path, interfaceNumber: index };
    });
    expect(await readAll(new FileCapture(paths))).toEqual(merged(files));
  });
});

test("what cannot be read is named, and the other files are read", async () => {
  await withFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    write(path("good.pcap"), [1, 2, 3]);
    writeFileSync(path("text"), "no capture at all, but some text");
    writeFileSync(path("empty"), "");
    writeFileSync(path("cut.pcap"), Buffer.concat([pcapFileHeader(), new Uint8Array(9)]));
    writeFileSync(path("cut.gz"), gzipSync(pcapFileHeader()).subarray(0, 20));
    const names = ["text", "good.pcap", "empty", "cut.pcap", "cut.gz"];
    const source = new FileCapture(names.map((name) => ({ path: path(name), interfaceNumber: 0 })));
    expect(await readAll(source)).toHaveLength(3);
    expect(source.faults.map((each) => [each.path, each.fault, each.offset])).toEqual([
      [path("text"), "format_unknown", 0],
      [path("empty"), "file_empty", 0],
      [path("cut.pcap"), "record_cut", 24],
      [path("cut.gz"), "compressed_cut", expect.any(Number)],
    ]);
  });
});

test("a file that is not there is an error that says which", async () => {
  const error = await new FileCapture([{ path: "/nowhere/x.pcap", interfaceNumber: 0 }]).open().catch((e) => e);
  expect(error).toBeInstanceOf(CodedError);
  expect([error.code, error.message]).toEqual(["PROBE_CAPTURE_FILE_UNREADABLE", "cannot read /nowhere/x.pcap: ENOENT"]);
});
