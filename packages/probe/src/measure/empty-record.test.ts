import { encoderOf, observationTypes } from "@trafmon/observation";
import { expect, test } from "vitest";
import { emptyRecordOf } from "./empty-record.ts";

test.each(Object.values(observationTypes))("an empty record of $name has the fields an encoder reads", (type) => {
  const record = emptyRecordOf(type);
  const read: string[] = [];
  const watched = new Proxy(record, {
    get: (_, name) => {
      read.push(String(name));
      return 0;
    },
  });
  // What is no value of its column is refused, when the fields before it were read.
  expect(() => {
    encoderOf(type).encode(watched as never, new Uint8Array(4096), 0);
    throw new Error("taken");
  }).toThrow();
  expect(read.length).toBeGreaterThan(0);
  expect(Object.keys(record)).toEqual(expect.arrayContaining(read));
});

test("a connection's record has the fields of a side for both", () => {
  const names = Object.keys(emptyRecordOf(observationTypes.tcpcx));
  expect(names).toEqual(expect.arrayContaining(["fwd_rtt_min_ns", "rev_rtt_min_ns", "fwd_last_payload_nanos"]));
});
