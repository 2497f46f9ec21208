import { sampleRecord, samples } from "../src/fixtures/sample-record.ts";
import {
  decoderOf,
  encoderOf,
  formatLine,
  gapEntriesIn,
  lineDecoderOf,
  linePrefix,
  MalformedError,
  type ObservationType,
  observationTypes,
  readAcknowledgement,
  readChallenge,
  readDataPdu,
  readDefinitionRequest,
  readEchoClear,
  readEchoSealed,
  readGapBody,
  readHeader,
  readHello,
  typeByCode,
  writeDataPdu,
} from "../src/index.ts";

const types: readonly ObservationType[] = Object.values(observationTypes);
const PROBE = "p";
const RUN = "0000000000000001";

/** Everything that comes out of a datagram. */
const readers: readonly ((bytes: Buffer) => unknown)[] = [
  readPdu,
  readHeader,
  readHello,
  readChallenge,
  readEchoClear,
  readEchoSealed,
  readAcknowledgement,
  readDefinitionRequest,
  (bytes) => readGapBody(bytes, gapEntriesIn(bytes.length)),
];

/** The lines of a body are to be those of its records, or both refused. */
function readPdu(bytes: Buffer): void {
  const { type: code, body, recordCount, firstRecordNo } = readDataPdu(bytes);
  const type = typeByCode(code);
  if (type === undefined || recordCount > 1000) return;
  const format = formatLine(type);
  const ofRecords = attempt(() => {
    let lines = "";
    decoderOf(type)(body, recordCount, (record, index) => {
      lines += `${format(record, PROBE, RUN, firstRecordNo + index)}\n`;
    });
    return lines;
  });
  const prefix = linePrefix(PROBE, RUN);
  const lines = attempt(() => {
    return Buffer.from(lineDecoderOf(type)(body, recordCount, prefix, firstRecordNo, null)).toString("utf8");
  });
  if (ofRecords !== lines) throw new Error(`the lines of ${type.name} are not those of its records`);
}

/** null: the bytes are no such thing. Anything but a MalformedError is a fault. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

function pduOf(type: ObservationType): Buffer {
  const encoder = encoderOf(type);
  const body = new Uint8Array(60_000);
  encoder.reset();
  const end = samples.reduce((at, sample) => encoder.encode(sampleRecord(type, sample) as never, body, at), 0);
  return writeDataPdu({
    type: type.code,
    isRepeat: false,
    sequence: 7,
    watermark: { s: 1_700_000_000, nanos: 5 },
    configurationHash: "0011223344556677",
    recordCount: samples.length,
    firstRecordNo: 1,
    body: body.subarray(0, end),
  });
}

/** Input: which reader (1 byte), then what it reads. */
export const target = {
  name: "pdus",
  *seeds(): Iterable<Uint8Array> {
    for (const type of types) yield Uint8Array.of(0, ...pduOf(type));
    for (let reader = 1; reader < readers.length; reader++) yield Uint8Array.of(reader, ...new Uint8Array(120).fill(1));
  },
  run(input: Uint8Array): void {
    if (input.length === 0) return;
    attempt(() => readers[input[0]! % readers.length]!(Buffer.from(input.subarray(1))));
  },
  mostSteps: (bytes: number): number => 100_000 + 400 * bytes,
};
