import {
  encoderOf,
  MAX_BODY_BYTES,
  MAX_RECORDS,
  type ObservationType,
  type RecordEncoder,
  type RecordOf,
  RefusedValueError,
} from "@trafmon/observation";

/**
 * Room behind the limit, for the record that does not fit: compiled code is thrown away where it first writes beyond the
 * end of a buffer, and each of a record's columns would be such a place.
 */
const BEYOND_BYTES = 8192;

export type Added =
  | "added"
  /** No room left: seal what there is and add it again. */
  | "full"
  /** Holds a value outside its column's range, or is too long for any datagram. */
  | "refused";

/** The records of one type that wait for a PDU to fill. */
export class PendingPdu {
  readonly type: ObservationType;
  readonly #encoder: RecordEncoder<ObservationType>;
  readonly #limit: number;
  #buffer: Buffer;
  /** What is pending is a single record, in a buffer of its own. */
  #isAlone = false;
  #end = 0;
  count = 0;
  /** Number of the first record pending, from 1 in the run. */
  firstRecordNo = 1;
  /** The source clock when the oldest record pending was written. */
  openedS = 0;
  openedNanos = 0;

  constructor(type: ObservationType, maxBodyBytes: number) {
    this.type = type;
    this.#encoder = encoderOf(type);
    this.#limit = maxBodyBytes;
    this.#buffer = Buffer.allocUnsafe(maxBodyBytes + BEYOND_BYTES);
  }

  add(record: RecordOf<ObservationType>): Added {
    if (this.count === MAX_RECORDS) return "full";
    let end: number;
    try {
      end = this.#encoder.encode(record, this.#buffer, this.#end);
      if (end > this.#limit) {
        if (this.count > 0) return "full";
        end = this.#encodeAlone(record);
        if (end > MAX_BODY_BYTES) return "refused";
      }
    } catch (error) {
      if (!(error instanceof RefusedValueError)) throw error;
      return "refused";
    }
    this.#end = end;
    this.count++;
    return "added";
  }

  /** What has been added; good until the next `add`. */
  body(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  /** Begins a new PDU after what was added has been taken. */
  next(): void {
    this.firstRecordNo += this.count;
    this.count = 0;
    this.#end = 0;
    this.#encoder.reset();
    if (this.#isAlone) this.#buffer = Buffer.allocUnsafe(this.#limit + BEYOND_BYTES);
    this.#isAlone = false;
  }

  /** Numbers a record that is never sent, so that its loss shows as a missing number. */
  skipRecord(): void {
    this.firstRecordNo++;
  }

  #encodeAlone(record: RecordOf<ObservationType>): number {
    this.#isAlone = true;
    this.#buffer = Buffer.allocUnsafe(MAX_BODY_BYTES);
    this.#encoder.reset();
    return this.#encoder.encode(record, this.#buffer, 0);
  }
}
