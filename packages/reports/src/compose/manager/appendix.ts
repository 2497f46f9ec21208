import type { CommonFigures } from "../../ask/common-figures.ts";
import { isAdded } from "../../ask/probes.ts";
import { definitionsOfTopics, type Topic } from "../definitions.ts";
import { shareOf } from "../figures.ts";
import type { Block, Section, Table } from "../model.ts";

/** What the figures rest on, and what the words mean. `topics`: what the report tells besides volumes. */
export function appendixSection(figures: CommonFigures, topics: readonly Topic[] = []): Section {
  const blocks: Block[] = [];
  if (figures.question.source === "probe") blocks.push(captureTable(figures));
  if (figures.probes.length > 1) blocks.push(probesTable(figures));
  blocks.push({
    kind: "sentences",
    fine: true,
    items: [
      `Volumes are IP bytes: ${figures.question.source === "netflow" ? VOLUMES_OF_RECORDS : VOLUMES_OF_PACKETS}. 1\u00a0kB is 1000\u00a0bytes, 1\u00a0kb/s is 1000\u00a0bits per second.`,
      "“Bytes” columns and the CSV files beside this document are exact to the last digit; “Volume” is the same figure in three digits.",
      "“Internet” is every public address that ipInfo.ini does not describe; “Unassigned” are private, local and multicast addresses that it does not describe.",
      "Change compares with the period just before: as many whole months for whole months, else as many days.",
      ...(figures.question.source === "netflow" ? [] : definitionsOfTopics(topics)),
    ],
  });
  return { title: "About these figures", blocks };
}

const VOLUMES_OF_PACKETS = "the total length of every captured IP packet, header included, duplicate frames too";
const VOLUMES_OF_RECORDS =
  "what the exporters' records say, multiplied by the sampling rate; a record counts evenly over the minutes from its first packet to its last";

export function captureTable({ coverage, question: { period } }: CommonFigures): Table {
  const seconds = (period.untilMs - period.fromMs) / 1000;
  return {
    kind: "table",
    name: "capture-completeness",
    title: "Capture completeness",
    columns: [
      { label: "Probe", kind: "text", csv: "probe" },
      { label: "Interface", kind: "text", csv: "interface" },
      { label: "Live", kind: "percent", csv: "live_share" },
      { label: "Frames", kind: "count", csv: "frames" },
      { label: "Kernel lost", kind: "count", csv: "kernel_dropped" },
      { label: "Card lost", kind: "count", csv: "card_dropped" },
      { label: "Probe lost", kind: "count", csv: "queue_dropped" },
      { label: "Captured", kind: "percent", csv: "captured_share" },
      { label: "No IP", kind: "count", csv: "non_ip" },
      { label: "Not decodable", kind: "count", csv: "undecodable" },
    ],
    rows: coverage.captures.map((each) => {
      const lost = each.kernelDropped + each.cardDropped + each.queueDropped;
      const losses = [each.kernelDropped, each.cardDropped, each.queueDropped];
      return {
        role: "item",
        cells: [
          each.probe,
          each.interface,
          Math.min(1, each.coveredS / seconds),
          each.packets,
          ...losses,
          shareOf(each.packets, each.packets + lost),
          each.nonIp,
          each.undecodable,
        ],
      };
    }),
    note: "Frames that carry no IP packet or none that can be decoded are not part of any volume.",
    whyEmpty: "There are no capture statistics for this period.",
  };
}

function probesTable({ probes, question }: CommonFigures): Table {
  const [one, many] = question.source === "netflow" ? ["Exporter", "exporters"] : ["Probe", "probes"];
  return {
    kind: "table",
    name: "probes",
    title: `${one}s with volume in this period`,
    columns: [
      { label: one, kind: "text", csv: "probe" },
      { label: "In this report", kind: "text", csv: "in_report" },
      { label: "Volume", kind: "volume", csv: "volume_bytes" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Packets", kind: "count", csv: "packets" },
    ],
    rows: probes.map((probe) => ({
      role: "item",
      cells: [probe.name, isAdded(question, probe) ? "yes" : "no", probe.bytes, probe.bytes, probe.packets],
    })),
    note: `Filters do not apply here. Two ${many} may see the same packets, so their volumes are added only when asked for.`,
    whyEmpty: `None of the ${many} has volume in this period.`,
  };
}
