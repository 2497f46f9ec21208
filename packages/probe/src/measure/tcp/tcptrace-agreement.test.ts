import { addressText } from "@trafmon/observation";
import { describe, expect, test } from "vitest";
import { captureName, realCaptures, sampleCaptures } from "../../testing/capture-collections.ts";
import { definitionsTable } from "../../testing/definitions-page.ts";
import { frameVerdicts } from "../../testing/frame-verdicts.ts";
import type { KeptObservations } from "../../testing/kept-observations.ts";
import { hasTcptrace, type TcptraceDirection, tcptraceDirections } from "../../testing/tcptrace.ts";

type Figures = { -readonly [K in keyof TcptraceDirection]: number };

/**
 * The probe's figures in tcptrace's definitions: SYN and FIN that come again are retransmissions there, what was lost
 * before the tap is out of order, and all of it counts in one connection, what comes after its end as well.
 */
function figures(kept: KeptObservations): Map<string, Figures> {
  const directions = new Map<string, Figures>();
  for (const record of kept.of("tcpcx")) {
    const forward = `${addressText(record.fwd_address)} ${record.fwd_port}`;
    const reverse = `${addressText(record.rev_address)} ${record.rev_port}`;
    for (const [way, key] of [
      ["fwd", `${forward} ${reverse}`],
      ["rev", `${reverse} ${forward}`],
    ] as const) {
      const known = directions.get(key) ?? {
        ...{ connections: 0, packets: 0, payloadBytes: 0, uniqueBytes: 0, retransmitted: 0, outOfOrder: 0, syn: 0 },
        ...{ fin: 0, rst: 0, zeroWindows: 0, mss: 0, largest: 0, smallest: 0, windowMax: 0 },
      };
      if (!record.tail) known.connections++;
      known.packets += record[`${way}_packets`];
      known.payloadBytes += record[`${way}_payload_bytes`];
      known.uniqueBytes += record[`${way}_unique_payload_bytes`];
      const upstream = record[`${way}_upstream_loss_segments`];
      known.retransmitted += record[`${way}_retransmitted_segments`] - upstream;
      known.retransmitted += Math.max(0, record[`${way}_syn`] - 1) + Math.max(0, record[`${way}_fin`] - 1);
      known.outOfOrder += record[`${way}_out_of_order_segments`] + upstream;
      known.syn += record[`${way}_syn`];
      known.fin += record[`${way}_fin`];
      known.rst += record[`${way}_rst`];
      known.zeroWindows += record[`${way}_zero_windows`];
      known.mss = Math.max(known.mss, record[`${way}_mss`] ?? 0);
      known.largest = Math.max(known.largest, record[`${way}_largest_segment`] ?? 0);
      known.windowMax = Math.max(known.windowMax, record[`${way}_window_max`] ?? 0);
      const smallest = record[`${way}_smallest_segment`] ?? 0;
      if (smallest > 0) known.smallest = known.smallest === 0 ? smallest : Math.min(known.smallest, smallest);
      directions.set(key, known);
    }
  }
  return directions;
}

/** A pcap file, all that tcptrace reads, has one link type; these have several. */
const NO_PCAP = ["pcapng_two_linktypes.pcapng"];

const captures = [...sampleCaptures, ...realCaptures].filter((path) => !NO_PCAP.includes(captureName(path)));

/** Rows "connection | figure | tcptrace | probe" where they differ. */
async function differences(path: string): Promise<string[]> {
  const kept = await frameVerdicts(path, () => {}, { findsCopies: false });
  const ours = figures(kept);
  const theirs = await tcptraceDirections(path);
  const found: string[] = [];
  for (const [key, their] of theirs) {
    const [source, port, destination, destinationPort] = key.split(" ");
    const name = `${source}:${port} ${destination}:${destinationPort}`;
    const own = ours.get(key);
    if (own === undefined) {
      found.push(`${name} | all | yes | none`);
      continue;
    }
    for (const figure of Object.keys(their) as (keyof TcptraceDirection)[]) {
      // It leaves the windows of SYN segments out, which are never scaled and may be the greatest.
      if (figure === "windowMax" && own.windowMax > their.windowMax) continue;
      if (own[figure] !== their[figure]) found.push(`${name} | ${figure} | ${their[figure]} | ${own[figure]}`);
    }
  }
  return found;
}

describe.skipIf(!hasTcptrace())("tcptrace", () => {
  test.each(captures.map((path) => [captureName(path), path]))(
    "%s: each figure on which we differ stands in docs/tcp-definitions.md, with the reason",
    async (name, path) => {
      const rows = definitionsTable("### Where tcptrace counts otherwise").filter(([capture]) => capture === name);
      const expected = rows.map(
        ([, connection, figure, theirs, own]) => `${connection} | ${figure} | ${theirs} | ${own}`,
      );
      expect((await differences(path)).sort()).toEqual(expected.sort());
    },
    60_000,
  );

  test("it was asked", async () => {
    const directions = await tcptraceDirections(sampleCaptures.find((path) => path.includes("wan-loss.office"))!);
    expect([...directions.values()].reduce((sum, { packets }) => sum + packets, 0)).toBeGreaterThan(5000);
  });
});
