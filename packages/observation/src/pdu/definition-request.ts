import { ByteReader } from "../codec/byte-reader.ts";
import { MalformedError } from "../codec/refused.ts";
import { putCount } from "../codec/varint.ts";

const MAX_RANGES = 64;

/**
 * Sealed part of a request: the collector got records whose ids it knows nothing of. The probe says again every
 * definition it still has that is asked for, as repeats.
 *
 *     flags            1 byte, bit 0: slices and hops as well
 *     ranges           varint
 *     from, length     two varints each: flow ids from (included), length ids on
 */
export interface DefinitionRequest {
  readonly slicesAndHops: boolean;
  /** Flow ids, `from` included and `until` not; at most 64 ranges. */
  readonly flows: readonly { readonly from: number; readonly until: number }[];
}

export function writeDefinitionRequest(request: DefinitionRequest): Buffer {
  const ranges = request.flows.slice(0, MAX_RANGES);
  const into = Buffer.alloc(2 + ranges.length * 16);
  into[0] = request.slicesAndHops ? 1 : 0;
  let at = putCount(into, 1, ranges.length);
  for (const { from, until } of ranges) {
    at = putCount(into, at, from);
    at = putCount(into, at, until - from);
  }
  return into.subarray(0, at);
}

/** @throws {MalformedError} */
export function readDefinitionRequest(bytes: Uint8Array): DefinitionRequest {
  const reader = new ByteReader(bytes);
  const flags = reader.u8();
  const count = reader.length(2);
  if (count > MAX_RANGES) throw new MalformedError("cannot hold so many ranges");
  const flows = Array.from({ length: count }, () => {
    const from = reader.count();
    return { from, until: from + reader.count() };
  });
  return { slicesAndHops: (flags & 1) === 1, flows };
}
