/** Turns what the scenes left (captures, action lines, counters, server logs) into samples/ and its truth. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { truthText } from "./truth-text.mjs";

/** Captures that are published as pcapng, so that the format is among the samples. */
const AS_PCAPNG = new Set(["snmp"]);
const LIMIT_BYTES = 5e6;

/** Counters that say what happened to segments and datagrams; the rest of the kernel's is noise here. */
const TELLING =
  /\.(Tcp\.(ActiveOpens|PassiveOpens|AttemptFails|EstabResets|InSegs|OutSegs|RetransSegs|OutRsts)|TcpExt\.(TCPFastRetrans|TCPSlowStartRetrans|TCPTimeouts|TCPLossProbes|TCPLostRetransmit|TCPSpuriousRTOs|TCPDSACKRecv|TCPOFOQueue|TCPSACKReorder|TCPTSReorder|TCPToZeroWindowAdv|TCPWantZeroWindowAdv|TCPFromZeroWindowAdv)|Udp6?\.?(InDatagrams|OutDatagrams|NoPorts)|Icmp6?\.?(InMsgs|OutMsgs|InEchos|OutEchos|InEchoReps|OutEchoReps|InEchoReplies|OutEchoReplies|InEchos|OutEchos)|Ip6?\.?(FragCreates|ReasmReqds|ReasmOKs))$/;

const isCapture = (file) => /\.pcap(ng|\.gz)$/.test(file);
const lines = (text) => text.split("\n").filter((line) => line !== "");

function readJsonLines(file) {
  return lines(readFileSync(file, "utf8")).map((line) => JSON.parse(line));
}

/** What the counters rose by during a scene: { "office.Tcp.RetransSegs": 12, ... }. */
function countersOf(out, scene) {
  const [before, after] = ["before", "after"].map((when) =>
    JSON.parse(readFileSync(join(out, `${scene}.${when}`), "utf8")),
  );
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, value]) => [name, value - (before[name] ?? 0)])
      .filter(([name, value]) => value !== 0 && TELLING.test(name)),
  );
}

/** Packets and bytes netem let through and dropped, by the router's device. netem counts since it was set, at its scene. */
function netemOf(out, scene) {
  return JSON.parse(readFileSync(join(out, `${scene}.qdisc`), "utf8"))
    .filter((each) => each.kind === "netem")
    .map(({ dev, packets, bytes, drops }) => ({ sendingDevice: dev, packets, bytes, drops }));
}

/** Figures of an iperf3 stream, from its own report. */
function streamFigures(out, file) {
  const { start, end } = JSON.parse(readFileSync(join(out, file), "utf8"));
  const { local_port: localPort, remote_port: remotePort } = start.connected[0];
  if (start.test_start.protocol === "UDP") {
    const { bytes, packets, lost_packets: lost, jitter_ms: jitterMs } = end.sum;
    const outOfOrder = end.streams[0].udp.out_of_order;
    return { localPort, remotePort, payloadBytes: bytes, datagrams: packets, lost, outOfOrder, jitterMs };
  }
  const { bytes, retransmits } = end.sum_sent;
  return { localPort, remotePort, payloadBytes: bytes, retransmits, payloadBytesReceived: end.sum_received.bytes };
}

function actionsOf(out, scene) {
  return readJsonLines(join(out, `${scene}.actions`)).map(({ details, ...action }) => ({
    ...Object.fromEntries(Object.entries(action).map(([name, value]) => [name, value.trim()])),
    ...(details === undefined ? {} : streamFigures(out, details)),
  }));
}

/** Requests as the web servers logged them. */
function requestsOf(out) {
  return ["centre", "internet"].flatMap((side) =>
    lines(readFileSync(join(out, side, "nginx.access"), "utf8")).map((line) => {
      const [at, client, port, method, uri, status, sent, body, request] = line.split(" ");
      return {
        at: new Date(Number(at) * 1000).toISOString(),
        client,
        clientPort: Number(port),
        server: side,
        method,
        uri,
        status: Number(status),
        bytesSent: Number(sent),
        bodyBytesSent: Number(body),
        requestBytes: Number(request),
      };
    }),
  );
}

function capture(out, samples, scene, tap) {
  const raw = readFileSync(join(out, `${scene}.${tap}.pcap`));
  const packets = Number(/(\d+) packets captured/.exec(readFileSync(join(out, `${scene}.${tap}.tcpdump`), "utf8"))[1]);
  const dropped = Number(/(\d+) packets dropped/.exec(readFileSync(join(out, `${scene}.${tap}.tcpdump`), "utf8"))[1]);
  if (dropped > 0) throw new Error(`tcpdump lost ${dropped} packets of ${scene} at ${tap}: run again`);
  const asPcapng = AS_PCAPNG.has(scene);
  const file = `${scene}.${tap}.${asPcapng ? "pcapng" : "pcap.gz"}`;
  if (asPcapng) {
    const done = spawnSync("editcap", ["-F", "pcapng", join(out, `${scene}.${tap}.pcap`), join(samples, file)]);
    if (done.status !== 0) throw new Error(`cannot run editcap: ${done.error?.message ?? done.stderr}`);
  } else {
    writeFileSync(join(samples, file), gzipSync(raw, { level: 9 }));
  }
  const bytes = readFileSync(join(samples, file));
  return { file, tap, packets, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

export function publishSamples(out, samples) {
  mkdirSync(samples, { recursive: true });
  for (const file of readdirSync(samples)) if (isCapture(file)) rmSync(join(samples, file));
  const scenes = readJsonLines(join(out, "scenes")).map(({ taps, snaplen, ...scene }) => ({
    ...scene,
    snapLengthBytes: snaplen === 0 ? null : snaplen,
    captures: taps.split(" ").map((tap) => capture(out, samples, scene.name, tap)),
    counters: countersOf(out, scene.name),
    netem: netemOf(out, scene.name),
    actions: actionsOf(out, scene.name),
  }));
  const requests = requestsOf(out);
  for (const scene of scenes) {
    scene.webRequests = requests.filter(({ at }) => at >= scene.began && at.slice(0, 19) + "Z" <= scene.ended);
  }
  const truth = {
    // Name and version; what was compiled in is of no interest.
    versions: lines(readFileSync(join(out, "versions"), "utf8")).map((line) => line.replace(/ [(<].*| libcurl.*/, "")),
    ftpTransferLog: lines(readFileSync(join(out, "centre/xferlog"), "utf8")),
    scenes,
  };
  const size = scenes.flatMap(({ captures }) => captures).reduce((sum, { bytes }) => sum + bytes, 0);
  if (size > LIMIT_BYTES) throw new Error(`the captures take ${size} bytes, more than ${LIMIT_BYTES}`);
  writeFileSync(join(samples, "truth.json"), `${JSON.stringify(truth, null, 1)}\n`);
  writeFileSync(join(samples, "TRUTH.md"), truthText(truth, size));
  console.log(`samples: ${size} bytes of captures and their truth in samples/`);
}
