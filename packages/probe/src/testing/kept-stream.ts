import type { StreamEnd, StreamReader } from "../reassemble/stream-reader.ts";

/** A byte that a reader was given, and its packet's instant in nanoseconds; or a gap. */
export type KeptByte = { readonly byte: number; readonly atNanos: number } | { readonly gap: number | null };

/** Keeps what a stream gives, for tests to look at. */
export class KeptStream implements StreamReader {
  readonly bytesAndGaps: KeptByte[] = [];
  how: StreamEnd | null = null;

  bytes(data: Uint8Array, seconds: number, nanos: number): void {
    if (this.how !== null) throw new Error("bytes after the end");
    if (data.length === 0) throw new Error("no bytes");
    for (const byte of data) this.bytesAndGaps.push({ byte, atNanos: seconds * 1e9 + nanos });
  }

  gap(lengthBytes: number | null): void {
    if (this.how !== null) throw new Error("a gap after the end");
    this.bytesAndGaps.push({ gap: lengthBytes });
  }

  end(how: StreamEnd): void {
    if (this.how !== null) throw new Error("a second end");
    this.how = how;
  }

  /** Bytes as text, gaps in brackets. */
  get text(): string {
    return this.bytesAndGaps
      .map((each) => ("byte" in each ? String.fromCharCode(each.byte) : `[${each.gap ?? "?"}]`))
      .join("");
  }
}
