import type { StreamTraffic } from "../scenario/scenario.ts";
import { MARK_BYTES, writeMark } from "./packet-mark.ts";
import { PATTERN } from "./payload-pattern.ts";
import { Random } from "./random.ts";

/** What is in the packets of a stream, as in those that are crafted. Each call gives bytes of its own. */
export function streamPayload(
  stream: Pick<StreamTraffic, "payload" | "number">,
  bytes: number,
  number: number,
  sent: { readonly s: number; readonly nanos: number },
  run: number,
): Buffer {
  const payload = Buffer.alloc(bytes);
  const random = new Random(number);
  if (stream.payload === "random") for (let i = 0; i < bytes; i++) payload[i] = random.u32();
  if (stream.payload !== "mark") return payload;
  payload.set(PATTERN.subarray(0, bytes));
  const view = new DataView(payload.buffer, payload.byteOffset, bytes);
  writeMark(view, 0, Math.min(bytes, MARK_BYTES), stream.number, number, sent.s, sent.nanos, run);
  return payload;
}
