import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { analysedCapture } from "../../testing/analysed-capture.ts";
import { ALL_MEASUREMENTS, flowClass, USUAL_PORTS } from "../../testing/analysis-settings.ts";
import { said, sharkRequests } from "../../testing/shark-requests.ts";
import type { TransactionRecord } from "./transaction.ts";

const SAMPLES = join(import.meta.dirname, "../../../../../samples");
/** Captures of others, not in the repository. */
const OTHERS = join(import.meta.dirname, "../../../../../../shared/data/pcaps");

const captures = [SAMPLES, OTHERS].flatMap((folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.p?cap(ng)?(\.gz)?$/.test(name))
        .map((name) => join(folder, name))
    : [],
);

/** What tshark ties by itself, or shows what ties it. */
const COMPARED = ["icmp", "dns", "ntp", "snmp", "http"];

/** As shipped, and the ports of HTTP servers that some of the captures have. */
const PORTS = { ...USUAL_PORTS, http: [80, 4000, 8000, 8080].map((port) => ({ from: port, to: port })) };

/**
 * Headers that the snap length cut: for us the reply's was complete with the packet that was cut, and a request with the
 * last segment before its reply. What tshark makes of them depends on its version. The requests, and their frames.
 */
const CUT: { readonly [capture: string]: readonly string[] } = {
  "slow-reader.office.pcap.gz": ["http 1795184560.992028160", "http 1454-"],
  "wan-loss.centre.pcap.gz": [
    ...["http 1795167088.000068608", "http 1795167098.291641600"],
    ...["http 2692-", "http 3694-"],
  ],
  "wan-loss.office.pcap.gz": [
    ...["http 1795167087.980021248", "http 1795167098.231511296"],
    ...["http 2657-", "http 3649-"],
  ],
  "wan-reorder.centre.pcap.gz": ["http 1795175272.745691136", "http 3260-"],
  "wan-reorder.office.pcap.gz": ["http 1795175272.730662912", "http 3262-"],
};

/**
 * Where our definition is not tshark's (docs/transactions.md). Ours are named by the instant of the request, theirs by
 * the frames.
 */
const DIFFERENCES: { readonly [capture: string]: { readonly onlyOurs: string[]; readonly onlyTheirs: string[] } } = {
  // An IP length beyond the frame.
  "bad_ipv6_length.pcap": { onlyOurs: [], onlyTheirs: ["dns 1-"] },
  // Frame 37 repeats 36 after five seconds: for us a copy, and its reply late; for tshark another request.
  "dns_fragmented_v4_v6.pcap": { onlyOurs: ["dns 1560869900.222469000"], onlyTheirs: ["dns 36-", "dns 37-39"] },
  // The resolver asks again after 5.005 s: for us a copy of the request, for tshark another one.
  "mixed_dns_icmp_icmpv6.pcap": {
    onlyOurs: [],
    onlyTheirs: ["dns 124-", "dns 130-", "dns 180-", "dns 189-", "dns 195-"],
  },
  // The requests have bodies, which end in frames 21, 39, 61 and 80: tshark says the same when it puts bodies together.
  "tcp_fast_retrans.pcap": {
    onlyOurs: [
      "http 1259023909.194098000",
      "http 1259023916.513233000",
      "http 1259023923.864108000",
      "http 1259023929.933756000",
    ],
    onlyTheirs: ["http 8-25", "http 33-41", "http 53-65", "http 73-85"],
  },
  // The reply's question is not the request's, and an IP length beyond the frame.
  "vlan_mpls_ipv6_mix.pcap": { onlyOurs: ["dns 1278472580.928160000"], onlyTheirs: ["icmp 11-12", "dns 27-50"] },
  // Names are fuzzed, so that replies do not repeat what was asked, and copies of a request ask something else. Of frames
  // 577 and 684 tshark cannot read the records.
  "bad_fuzz_2594.pcap": {
    onlyOurs: ["dns 1120470899.859727000", "dns 1120471085.095290000"],
    onlyTheirs: [
      ...["167-168", "261-262", "311-312", "387-388", "490-493", "498-504", "513-514", "546-547", "600-601", "662-663"],
    ].map((frames) => `dns ${frames}`),
  },
};

/** Captures in which only what was answered is compared. */
const ONLY_ANSWERED = new Set(["bad_fuzz_2594.pcap"]);

const ours = (record: TransactionRecord): string => {
  const instant = (s: number, nanos: number) => `${s}.${String(nanos).padStart(9, "0")}`;
  const requested = instant(record.requested_s, record.requested_nanos);
  const replied = record.replied_s === null ? null : instant(record.replied_s, record.replied_nanos!);
  return `${record.protocol} ${requested} ${replied} ${saidBy(record)}`;
};

function saidBy(record: TransactionRecord): string {
  switch (record.protocol) {
    case "dns":
      return said(record.identifier, record.name, record.status);
    case "ntp":
      return said(record.version, record.status);
    case "snmp":
      return said(record.identifier, record.version, record.status);
    case "http":
      return said(record.operation, record.name, record.object, record.status);
    default:
      return record.identifier;
  }
}

describe.skipIf(captures.length === 0)("requests and replies are tshark's", () => {
  test.each(captures.map((path) => [basename(path), path] as const))("%s", async (name, path) => {
    const measure = {
      twoWayDelays: { ...ALL_MEASUREMENTS.twoWayDelays!, ports: PORTS },
      transactions: ALL_MEASUREMENTS.transactions,
    };
    const isCompared = (replied: unknown) => replied !== null || !ONLY_ANSWERED.has(name);
    const kept = await analysedCapture(path, [flowClass({ measure })]);
    const found = kept
      .of("trans")
      .filter(({ protocol, replied_s }) => COMPARED.includes(protocol) && isCompared(replied_s));
    const theirs = new Map(
      sharkRequests(path)
        .filter(({ replied }) => isCompared(replied))
        .map((each) => [
          `${each.protocol} ${each.requested} ${each.replied} ${each.said}`,
          `${each.protocol} ${each.frames}`,
        ]),
    );
    const mine = new Set(found.map(ours));
    const isWhole = (request: string) => !(CUT[name] ?? []).some((cut) => request.startsWith(cut));
    expect({
      onlyOurs: [...mine]
        .filter((each) => !theirs.has(each))
        .map((each) => each.split(" ", 2).join(" "))
        .filter(isWhole)
        .sort(),
      onlyTheirs: [...theirs].flatMap(([each, frames]) => (mine.has(each) ? [] : [frames])).filter(isWhole),
    }).toEqual(DIFFERENCES[name] ?? { onlyOurs: [], onlyTheirs: [] });
    expect(mine.size).toBe(found.length);
  });
});

/** Frames whose record holds more than a ServerHello: tshark waits for the end of the record, we for that of the hello. */
const LONG_RECORDS = [203, 979, 1020, 1511, 1679, 1689, 1693, 2628, 2631, 2644, 2687, 2747];

const phone = join(OTHERS, "tcp_loss_sack_app.pcapng");

describe.skipIf(!existsSync(phone))("openings of connections are tshark's", () => {
  const instants = async (protocol: "tls" | "tcp-handshake") => {
    const { twoWayDelays, transactions } = ALL_MEASUREMENTS;
    const tls = [443, 5228].map((port) => ({ from: port, to: port }));
    const measure = { twoWayDelays: { ...twoWayDelays!, ports: { ...USUAL_PORTS, tls } }, transactions };
    const kept = await analysedCapture(phone, [flowClass({ measure })]);
    return kept.of("trans").flatMap((each) => (each.protocol === protocol ? [ours(each).split(" ").slice(1, 3)] : []));
  };

  /** First frame of the two kinds in each TCP stream: number and instant. */
  const firstOfStreams = (filters: readonly [string, string]) => {
    const streams = new Map<string, (readonly [number, string] | undefined)[]>();
    filters.forEach((filter, place) => {
      const fields = ["tcp.stream", "frame.number", "frame.time_epoch"].flatMap((field) => ["-e", field]);
      const options = ["-r", phone, "-n", "-Y", filter, "-T", "fields", "-E", "occurrence=f", ...fields];
      for (const line of spawnSync("tshark", options, { encoding: "utf8" }).stdout.split("\n").slice(0, -1)) {
        const [stream, frame, instant] = line.split("\t") as [string, string, string];
        const found = streams.get(stream) ?? [];
        found[place] ??= [Number(frame), instant];
        streams.set(stream, found);
      }
    });
    return [...streams.values()].filter(([asked]) => asked !== undefined);
  };

  test("TLS handshakes", async () => {
    const found = new Map((await instants("tls")) as [string, string][]);
    const theirs = firstOfStreams(["tls.handshake.type == 1", "tls.handshake.type == 2"]);
    expect(found.size).toBe(theirs.length);
    const different = theirs.flatMap(([asked, answered]) => {
      expect(found.has(asked![1])).toBe(true);
      return found.get(asked![1]) === (answered?.[1] ?? "null") ? [] : [answered![0]];
    });
    expect(different.sort((a, b) => a - b)).toEqual(LONG_RECORDS);
  });

  test("TCP handshakes", async () => {
    const found = new Set((await instants("tcp-handshake")).map((pair) => pair.join(" ")));
    const syn = "tcp.flags.syn == 1 && tcp.flags.ack == ";
    for (const [asked, answered] of firstOfStreams([`${syn}0`, `${syn}1`])) {
      expect(found).toContain(`${asked![1]} ${answered?.[1] ?? "null"}`);
    }
  });
});
