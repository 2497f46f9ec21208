import { sampleRecord, samples } from "../src/fixtures/sample-record.ts";
import { checkLine, formatLine, type ObservationType, observationTypes, parseLine } from "../src/index.ts";

const types: readonly ObservationType[] = Object.values(observationTypes);

/** Input: number of the type (1 byte), then a line of its log. */
export const target = {
  name: "log-lines",
  *seeds(): Iterable<Uint8Array> {
    for (const [number, type] of types.entries()) {
      for (const sample of samples) {
        const line = formatLine(type)(sampleRecord(type, sample) as never, "probe", "00000000000000a1", 1);
        yield Uint8Array.of(number, ...Buffer.from(line));
      }
    }
  },
  tokens: ["\t", "\\N", "\\t", "\\\\", "::ffff:1.2.3.4", "fe80::1", "1:2,3:4", "-1", "9007199254740993"].map((text) =>
    Buffer.from(text),
  ),
  run(input: Uint8Array): void {
    if (input.length === 0) return;
    const type = types[input[0]! % types.length]!;
    const bytes = Buffer.from(input.subarray(1));
    const line = bytes.toString("utf8");
    // A line is text: what is no UTF-8 becomes other text before anybody reads it.
    const whole = Buffer.from(line, "utf8");
    const isGood = checkLine(type)(whole, 0, whole.length) === null;
    const parsed = parseLine(type)(line);
    if (isGood !== "record" in parsed) throw new Error("a line is good to one and bad to the other");
    if (!("record" in parsed)) return;
    const { record, probe, run, recordNo } = parsed;
    const again = formatLine(type)(record as never, probe, run, recordNo);
    const reparsed = parseLine(type)(again);
    if (!("record" in reparsed)) throw new Error(`what was read cannot be read again: ${again}`);
    if (formatLine(type)(reparsed.record as never, probe, run, recordNo) !== again)
      throw new Error("a line changes each time it is read and written");
  },
  mostSteps: (bytes: number): number => 20_000 + 200 * bytes,
};
