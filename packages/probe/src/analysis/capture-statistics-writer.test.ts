import { CAPTURED_PAYLOAD, FLAG_FRAGMENT, FLAGS, KIND_SHIFT, KIND_STATISTICS, LENGTH, PAYLOAD } from "@trafmon/packet";
import { expect, test } from "vitest";
import { analysisSettings, flowClass } from "../testing/analysis-settings.ts";
import { KeptObservations } from "../testing/kept-observations.ts";
import { packetRecord } from "../testing/packet-record-builder.ts";
import { Analysis } from "./analysis.ts";

function statistics(matched: number): Int32Array {
  const payload = {
    interface: "eth0",
    interval_start_s: 960,
    interval_s: 60,
    packets: matched + 2,
    bytes: 100,
    ip_packets: matched + 1,
    ip_bytes: 60,
    matched,
    unmatched: 1,
    non_ip: 1,
    ethertypes: { "0800": matched + 1, "0806": 1 },
    undecodable: 0,
    undecodable_reasons: {},
    malformed_reasons: {},
    kernel_dropped: 0,
    card_dropped: 0,
    queue_dropped: 0,
    bad_time: 0,
    clock_offset_ns: null,
    clock_error_ns: null,
  };
  const text = Buffer.from(JSON.stringify(payload));
  const words = new Int32Array(PAYLOAD + Math.ceil(text.length / 4));
  words[LENGTH] = words.length;
  words[FLAGS] = KIND_STATISTICS << KIND_SHIFT;
  words[CAPTURED_PAYLOAD] = text.length;
  new Uint8Array(words.buffer, PAYLOAD * 4).set(text);
  return words;
}

test("fragments that no class takes after all are unmatched, in statistics that have room for them", () => {
  const kept = new KeptObservations();
  const dns = flowClass({ match: { kind: "port", side: "either", ranges: [{ from: 53, to: 53 }] } });
  const analysis = new Analysis(analysisSettings([dns], { maxFragments: 1 }), { sink: kept, serviceOf: () => null });
  for (let identification = 0; identification < 4; identification++) {
    const later = packetRecord({ s: 1000, protocol: 17, flags: FLAG_FRAGMENT, fragmentOffset: 8, identification });
    analysis.consume(later, 0, later.length);
  }
  // One of the four is held still, so the statistics wait.
  for (const matched of [2, 5]) {
    const words = statistics(matched);
    analysis.consume(words, 0, words.length);
  }
  expect(kept.of("capst")).toHaveLength(0);
  analysis.finish();
  expect(kept.of("capst").map(({ matched, unmatched }) => [matched, unmatched])).toEqual([
    [0, 3],
    [3, 3],
  ]);
  expect(kept.of("capst")[0]!.ethertypes).toEqual(
    new Map([
      ["0800", 3],
      ["0806", 1],
    ]),
  );
  expect(kept.of("flow")).toHaveLength(0);
});

test("statistics wait no longer than the fragments, and a new configuration forgets none", () => {
  const kept = new KeptObservations();
  const dns = flowClass({ match: { kind: "port", side: "either", ranges: [{ from: 53, to: 53 }] } });
  const settings = analysisSettings([dns]);
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const give = (words: Int32Array) => analysis.consume(words, 0, words.length);
  const later = (s: number) => packetRecord({ s, protocol: 17, flags: FLAG_FRAGMENT, fragmentOffset: 8 });
  give(later(1000));
  give(statistics(1));
  expect(kept.of("capst")).toHaveLength(0);
  analysis.advance(1031, 0);
  expect(kept.of("capst")).toMatchObject([{ matched: 0, unmatched: 2 }]);
  give(later(1031));
  give(later(1031));
  analysis.switchTo(settings);
  give(statistics(3));
  analysis.finish();
  expect(kept.of("capst")[1]).toMatchObject({ matched: 1, unmatched: 3 });
});
