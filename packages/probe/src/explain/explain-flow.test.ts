import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { addressBytes, ethernetIp, ipv4, PcapWriter, TCP_ACK, TCP_RST, TCP_SYN, tcp } from "@trafmon/packet";
import { parseConfiguration, readServices } from "@trafmon/settings";
import { describe, expect, test } from "vitest";
import { withFolder } from "../testing/temporary-folder.ts";
import { tsharkVersion } from "../testing/tshark-analysis.ts";
import { type ExplainOptions, explainFlow } from "./explain-flow.ts";

const SAMPLES = join(import.meta.dirname, "../../../../samples");
const services = readServices();

async function explained(flow: string, files: readonly string[], more: Partial<ExplainOptions> = {}): Promise<string> {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  await explainFlow({ flow, files, json: false, services, given: null, write, ...more });
  return text;
}

interface ExplainedLine {
  readonly file?: string;
  readonly frame: number;
  readonly from: string;
  readonly payload_bytes: number;
  readonly sequence: number;
  readonly acknowledgement: number | null;
  readonly findings: readonly { readonly kind: string; readonly [name: string]: unknown }[];
  readonly connection?: { readonly [name: string]: unknown };
}

async function explainedLines(flow: string, files: readonly string[]): Promise<ExplainedLine[]> {
  const text = await explained(flow, files, { json: true });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Connections in the samples whose line loses, reorders, doubles or is not read. */
const TROUBLED = [
  ["wan-loss.centre.pcap.gz", "10.20.1.11:59654-10.20.2.80:80"],
  ["wan-loss.office.pcap.gz", "[fd20:1::11]:51418-[fd20:2::80]:80"],
  ["wan-loss.centre.pcap.gz", "10.20.1.12:37615-10.20.2.90:5201"],
  ["wan-reorder.office.pcap.gz", "10.20.2.80:80-10.20.1.11:39886"],
  ["wan-reorder.centre.pcap.gz", "[fd20:1::12]:59352-[fd20:2::80]:80"],
  ["slow-reader.office.pcap.gz", "10.20.1.13:51054-10.20.2.80:80"],
] as const;

describe("the segments listed", () => {
  test.each(TROUBLED)("%s %s: what is said of them adds up to the connection's records", async (file, flow) => {
    const lines = await explainedLines(flow, [join(SAMPLES, file)]);
    const segments = lines.filter(({ connection }) => connection === undefined);
    const records = lines.flatMap(({ connection }) => (connection === undefined ? [] : [connection]));
    expect(segments.length).toBeGreaterThan(100);
    const ends = { fwd: new Set<string>(), rev: new Set<string>() };
    for (const record of records) {
      for (const way of ["fwd", "rev"] as const) {
        const address = String(record[`${way}_address`]);
        ends[way].add(`${address.includes(":") ? `[${address}]` : address}:${record[`${way}_port`]}`);
      }
    }
    for (const way of ["fwd", "rev"] as const) {
      const own = segments.filter(({ from }) => ends[way].has(from));
      const sum = (column: string) => records.reduce((total, record) => total + Number(record[`${way}_${column}`]), 0);
      const count = (kind: string) => own.filter(({ findings }) => findings.some((each) => each.kind === kind)).length;
      expect(own.length).toBe(sum("packets"));
      expect(own.reduce((total, { payload_bytes }) => total + payload_bytes, 0)).toBe(sum("payload_bytes"));
      for (const cause of ["rto", "fs", "reor", "dup", "unk", "fc", "unrto", "unfs"]) {
        expect(count(`retransmission ${cause}`), cause).toBe(sum(`retransmit_${cause}`));
      }
      expect(count("out of order")).toBe(sum("out_of_order_segments"));
      expect(count("duplicate ack")).toBe(sum("duplicate_acks"));
      expect(count("zero window")).toBe(sum("zero_windows"));
      expect(count("keep-alive")).toBe(sum("keep_alives"));
      expect(count("window probe")).toBe(sum("zero_window_probes"));
      expect(count("copy")).toBe(sum("duplicate_frames"));
      expect(count("dsack")).toBe(sum("dsack_blocks"));
      // A round trip is told where it is measured: by the other side's ACK.
      const others = segments.filter(({ from }) => !ends[way].has(from));
      const rtts = others.flatMap(({ findings }) => findings.filter(({ kind }) => kind === "rtt"));
      expect(rtts.length).toBe(sum("rtt_samples"));
      const upstream = own.flatMap(({ findings }) => findings.filter(({ upstream_loss }) => upstream_loss === 1));
      expect(upstream.length).toBe(sum("upstream_loss_segments"));
    }
  });

  test.skipIf(tsharkVersion() === null).each(TROUBLED)(
    "%s %s: frames, lengths and relative numbers are those of tshark",
    async (file, flow) => {
      const path = join(SAMPLES, file);
      const lines = (await explainedLines(flow, [path])).filter(({ connection }) => connection === undefined);
      const [client, server] = flow.split(/(?<=:\d+)-/) as [string, string];
      const port = (end: string) => end.slice(end.lastIndexOf(":") + 1);
      const filter = `tcp.port == ${port(client)} && tcp.port == ${port(server)}`;
      const fields = ["frame.number", "tcp.seq", "tcp.ack", "tcp.len"].flatMap((field) => ["-e", field]);
      const tshark = spawnSync("tshark", ["-r", path, "-n", "-Y", filter, "-T", "fields", ...fields], {
        encoding: "utf8",
      });
      const theirs = tshark.stdout.split("\n").filter((line) => line !== "");
      expect(
        lines.map(({ frame, sequence, acknowledgement, payload_bytes }) =>
          [frame, sequence, acknowledgement ?? 0, payload_bytes].join("\t"),
        ),
      ).toEqual(theirs);
    },
  );
});

test("for people it is columns, and the record without what never happened", async () => {
  const text = await explained("10.20.1.12:60186-10.20.2.80:80", [join(SAMPLES, "wan-loss.centre.pcap.gz")]);
  const lines = text.split("\n");
  expect(lines[0]).toBe("10.20.1.12:60186 (>) and 10.20.2.80:80 (<)");
  expect(lines[1]).toBe("  frame         time   flags        seq        ack    len   win verdict");
  expect(lines[2]).toBe("   3691     0.000000 > S             0                 0 64240 SYN");
  expect(text).toContain(
    "   3751     0.121564 > A         34862          1   1448   502 sent again (fs, fast retransmit), lost before the tap: " +
      "hole opened 40.141 ms ago, 3+ ACKs told of a loss, time-out 200.000 ms\n",
  );
  expect(text).toContain("\nConnection 1, closed: 10.20.1.12:60186 (forward) to 10.20.2.80:80 (reverse)\n");
  expect(text).toMatch(/\n {2}unique payload bytes +2000109 +166\n/);
  expect(text).toMatch(/\n {2}sent again by the sender +29 +0\n/);
  expect(text).not.toMatch(/\n {2}zero windows/);
});

/** Writes segments between 10.0.0.1:1000 and 10.0.0.2:80, one a millisecond. */
function write(path: string, segments: readonly Parameters<typeof tcp>[0][], fromMs = 0): void {
  const writer = new PcapWriter(path);
  const hosts = [addressBytes("10.0.0.1"), addressBytes("10.0.0.2")] as const;
  segments.forEach((fields, index) => {
    const [source, destination] = fields.sourcePort === 1000 ? hosts : [hosts[1], hosts[0]];
    writer.write(1_700_000_000, (fromMs + index) * 1e6, ethernetIp(ipv4(source, destination, tcp(fields))));
  });
  writer.close();
}

const toServer = { sourcePort: 1000, destinationPort: 80 };
const toClient = { sourcePort: 80, destinationPort: 1000 };
const payload = new Uint8Array(10);

test("connections of one tuple are shown one after the other, each with its record where it ended", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "reused.pcap");
    write(path, [
      { ...toServer, sequence: 100, flags: TCP_SYN },
      { ...toClient, sequence: 0, acknowledgement: 101, flags: TCP_ACK | TCP_RST },
      { ...toServer, sequence: 9000, flags: TCP_SYN },
      { ...toClient, sequence: 500, acknowledgement: 9001, flags: TCP_SYN | TCP_ACK },
      { ...toServer, sequence: 9001, acknowledgement: 501, flags: TCP_ACK, payload },
    ]);
    const text = await explained("10.0.0.2:80-10.0.0.1:1000", [path]);
    const shown = text.split("\n").flatMap((line) => /^ +\d+ .*|^Connection \d+, \w+/.exec(line)?.[0] ?? []);
    expect(shown.map((line) => line.slice(0, 57).trimEnd())).toEqual([
      "      1     0.000000 < S             0                 0",
      "      2     0.001000 > AR            1          1      0",
      "Connection 1, refused",
      "      3     0.002000 < S             0                 0",
      "      4     0.003000 > AS            0          1      0",
      "      5     0.004000 < A             1          1     10",
      "Connection 2, open",
    ]);
  });
});

test("several files are one connection, each named where its frames begin", async () => {
  await withFolder(async (folder) => {
    const [first, second] = [join(folder, "1.pcap"), join(folder, "2.pcap")];
    write(first, [{ ...toServer, sequence: 1, flags: TCP_ACK, payload }]);
    write(second, [{ ...toServer, sequence: 11, flags: TCP_ACK, payload }], 5);
    const text = await explained("10.0.0.1:1000-10.0.0.2:80", [second, first]);
    expect(text.indexOf(`${first}:\n      1     0.000000 >`)).toBeGreaterThan(0);
    expect(text.indexOf(`${second}:\n      1     0.005000 >`)).toBeGreaterThan(text.indexOf(first));
    expect(text.match(/^Connection/gm)).toHaveLength(1);
  });
});

test("a copy of a frame is named with the frame it repeats, and left out", async () => {
  await withFolder(async (folder) => {
    const [path, other] = [join(folder, "doubled.pcap"), join(folder, "later.pcap")];
    const segment = { ...toServer, sequence: 1, flags: TCP_ACK, payload };
    write(path, [segment, { ...segment, sequence: 11 }]);
    write(other, [{ ...segment, sequence: 11 }], 2);
    const text = await explained("10.0.0.1:1000-10.0.0.2:80", [path, other]);
    expect(text).toContain(
      `      1     0.002000 > A            11          1     10 65535 copy of frame 2 of ${path}, 1.000 ms after it: left out\n`,
    );
    expect(text).toMatch(/duplicate frames +1 +0\n/);
  });
});

test("what equals an earlier frame and yet was sent again is told so", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "repeated.pcap");
    const segment = { ...toServer, sequence: 1, flags: TCP_ACK, payload };
    // Without a round trip, what comes later than a millisecond is no copy.
    write(path, [segment, { ...toServer, sequence: 11, flags: TCP_ACK, payload }, segment]);
    const text = await explained("10.0.0.1:1000-10.0.0.2:80", [path]);
    expect(text).toMatch(/^ +3 .* sent again \(.*; equals frame 1, 2\.000 ms after it: taken for a packet of its own/m);
    const [, , third] = await explainedLines("10.0.0.1:1000-10.0.0.2:80", [path]);
    expect(third!.findings.at(-1)).toMatchObject({ kind: "equal", of_file: path, of_frame: 1, since_ns: 2e6 });
  });
});

test("a connection that is not there is an error, and so is a file", async () => {
  const sample = join(SAMPLES, "wan-loss.centre.pcap.gz");
  await expect(explained("10.9.9.9:1-10.20.2.80:80", [sample])).rejects.toMatchObject({ code: "PROBE_FLOW_UNSEEN" });
  await expect(explained("10.9.9.9:1-10.20.2.80:80", ["/nonexistent"])).rejects.toMatchObject({
    code: "PROBE_CAPTURE_FILE_UNREADABLE",
  });
});

test("a file cut short is explained as far as it goes, and the program says so", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "cut.pcap");
    write(path, [
      { ...toServer, sequence: 1, flags: TCP_ACK, payload },
      { ...toServer, sequence: 11, flags: TCP_ACK, payload },
    ]);
    spawnSync("truncate", ["-s", "-4", path]);
    let text = "";
    const options = { flow: "10.0.0.1:1000-10.0.0.2:80", files: [path], json: false, services, given: null };
    const code = await explainFlow({
      ...options,
      write: (part) => {
        text += part;
      },
    });
    expect(code).toBe(65);
    expect(text).toMatch(/ payload bytes +10 +0\n/);
  });
});

test("with a configuration, its time-outs hold", async () => {
  const xml = (idle: string) => `<trafMon site="test">
    <collectors><collector name="c" listen="127.0.0.1:7601" logDir="/nonexistent"/></collectors>
    <probes><probe name="p"><interface name="eth0"/><sendTo collector="c"/></probe></probes>
    <flowClasses><flowClass name="all" account="yes"><match><any/></match>
      <partition addresses="host" protocol="yes" twoWay="yes"/><ipCounters/>
      <tcpConnections idle="${idle}" synIdle="1s" halfClosedIdle="1s" closedLinger="1s"/></flowClass></flowClasses>
  </trafMon>`;
  await withFolder(async (folder) => {
    const path = join(folder, "idle.pcap");
    const segment = { ...toServer, sequence: 1, flags: TCP_ACK, payload };
    const writer = new PcapWriter(path);
    for (const [s, sequence] of [
      [0, 1],
      [20, 11],
    ] as const) {
      const packet = ipv4(addressBytes("10.0.0.1"), addressBytes("10.0.0.2"), tcp({ ...segment, sequence }));
      writer.write(1_700_000_000 + s, 0, ethernetIp(packet));
    }
    writer.close();
    const outcomes = async (idle: string) => {
      const given = { configuration: parseConfiguration(xml(idle), "test.xml", services), probeName: "p" };
      const text = await explained("10.0.0.1:1000-10.0.0.2:80", [path], { given });
      return text.match(/(?<=connection \d+, |Connection \d+, )\w+/gi);
    };
    expect(await outcomes("60s")).toEqual(["open"]);
    expect(await outcomes("10s")).toEqual(["timed_out", "open"]);
  });
});
