import { join } from "node:path";
import { openCapture } from "@trafmon/packet";
import { expect, test } from "vitest";
import { FATE, KIND } from "../ledger/packet-kind.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import { CaptureFileSink } from "./capture-file-sink.ts";
import { FrameBatch } from "./frame-batch.ts";

test("frames stand in the file with the nanosecond each is due, but for those withheld", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.pcap");
    const sink = new CaptureFileSink(path, { s: 1_000_000_000, nanos: 999_999_998 });
    expect(await sink.start()).toEqual({ s: 1_000_000_000, nanos: 999_999_998 });
    const batch = new FrameBatch(4, 1000);
    for (const [i, fate] of [FATE.SENT, FATE.WITHHELD, FATE.SENT].entries())
      batch.add(i * 2, new Uint8Array(100 + i), 0, 1, i, 86 + i, 58, KIND.DATA, fate);
    expect(batch.hasRoom(697)).toBe(true);
    expect(batch.hasRoom(698)).toBe(false);
    await sink.send(batch);
    await sink.close();
    const reader = await openCapture(path);
    const frames: number[][] = [];
    do {
      while (reader.next()) frames.push([reader.time.seconds, reader.time.nanos, reader.wireBytes]);
    } while (await reader.fill());
    await reader.close();
    expect(frames).toEqual([
      [1_000_000_000, 999_999_998, 100],
      [1_000_000_001, 2, 102],
    ]);
    expect([...batch.sentNs.subarray(0, 3)]).toEqual([0, 2, 4]);
  }));

test("a place that cannot be written is told of", async () => {
  const sink = new CaptureFileSink("/nowhere/at/all.pcap", { s: 1, nanos: 0 });
  await expect(sink.start()).rejects.toMatchObject({ code: "TRAFGEN_CAPTURE_FILE_UNWRITABLE" });
  await sink.close();
});
