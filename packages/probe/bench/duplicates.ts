/**
 * How well copies are told from packets sent again, on traffic whose truth is known:
 * `node --import tsx --conditions=source packages/probe/bench/duplicates.ts [PACKETS [SEED]]`, a million frames by default.
 * Every packet that was sent again and taken for a copy is told with its instant and tuple.
 */
import { COPY_AGE, FLAG_DUPLICATE, FLAG_IPV6, FLAGS, IDENTIFICATION, PAYLOAD_BYTES, PORTS } from "@trafmon/packet";
import { labelledTraffic } from "../src/testing/labelled/labelled-traffic.ts";
import { verdictsOn } from "../src/testing/labelled/verdicts.ts";

const [packets = "560000", seed = "1"] = process.argv.slice(2);
const { outcomes } = verdictsOn(
  labelledTraffic(Number(packets), Number(seed)),
  ({ label, pattern, atNs }, words, at) => {
    if (label !== "again" || (words[at + FLAGS]! & FLAG_DUPLICATE) === 0) return;
    const ports = `${words[at + PORTS]! >>> 16} ${words[at + PORTS]! & 0xffff}`;
    const version = words[at + FLAGS]! & FLAG_IPV6 ? 6 : 4;
    console.log(
      `mistaken (${pattern}): at ${atNs} ns, IPv${version}, ports ${ports}, identification ${words[at + IDENTIFICATION]}, ` +
        `${words[at + PAYLOAD_BYTES]} bytes, ${words[at + COPY_AGE]} ns after an equal frame`,
    );
  },
);
const sums = new Map<string, { frames: number; takenForCopies: number }>();
for (const [key, { frames, takenForCopies }] of outcomes) {
  const label = key.split(": ")[1]!;
  const sum = sums.get(label) ?? { frames: 0, takenForCopies: 0 };
  sums.set(label, { frames: sum.frames + frames, takenForCopies: sum.takenForCopies + takenForCopies });
  console.log(`${key.padEnd(30)} ${frames} frames, ${takenForCopies} taken for copies`);
}
for (const [label, { frames, takenForCopies }] of sums) {
  console.log(
    `all: ${label.padEnd(25)} ${frames} frames, ${((100 * takenForCopies) / frames).toFixed(4)} % taken for copies`,
  );
}
