/**
 * Sends small UDP datagrams out of an interface, at a steady pace, and says how many the kernel took:
 *
 *     node flood-program.ts INTERFACE FRAMES FRAMES_PER_S
 *
 * At a rate of 0 they go as fast as the kernel takes them.
 */
import { addressBytes, ethernetIp, ipv4, udp } from "@trafmon/packet";
import { FATE, FrameBatch, KIND, openInterfaceSink } from "@trafmon/trafgen";

const [device = "", frames = "0", rate = "0"] = process.argv.slice(2);

/** Frames to 64 hosts in turn; every fourth is to a port that the filter of one interface leaves out. */
const KINDS = 256;
const prepared = Array.from({ length: KINDS }, (_, index) =>
  ethernetIp(
    ipv4(
      addressBytes("192.0.2.1"),
      addressBytes(`198.51.100.${index % 64}`),
      udp(4000 + index, index % 4 === 0 ? 7 : 9),
    ),
  ),
);

const sink = openInterfaceSink(device);
const never = new AbortController().signal;
const batch = new FrameBatch();
let sent = 0;
await sink.start();
const startedMs = performance.now();
for (let number = 0; number < Number(frames); ) {
  batch.clear();
  for (; number < Number(frames) && batch.hasRoom(64); number++) {
    const frame = prepared[number % KINDS]!;
    batch.add(Number(rate) === 0 ? 0 : (number * 1e9) / Number(rate), frame, 0, 0, number, 28, 0, KIND.DATA);
  }
  await sink.send(batch, never);
  for (let at = 0; at < batch.count; at++) if (batch.fates[at] === FATE.SENT) sent++;
}
const perSecond = (sent * 1000) / (performance.now() - startedMs);
await sink.close();
process.stdout.write(`${JSON.stringify({ sent, perSecond })}\n`);
