import type { LogRecords } from "../../read/log-records.ts";
import { LogVolumes } from "../../read/log-volumes.ts";
import type { KernelCounters } from "../network/kernel-counters.ts";
import { CLIENT, SERVER } from "../network/truth-network.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { connections, sentBy } from "./tcp-figures.ts";
import { lineTotals } from "./wire-rows.ts";

/** A host, or several that share a kernel, and the probe whose tap is beside it. */
export interface ObservedHost {
  readonly scene: string;
  /** For the table. */
  readonly at: string;
  readonly probe: string;
  readonly isOwn: (address: string) => boolean;
  /** What its kernel's counters rose by. */
  readonly kernel: KernelCounters;
  /** Packets it sent that were equal to one it had just sent. */
  readonly twins: number;
}

/** What a host's kernel says of its TCP (RFC 4022 and Linux' own) against the tap next to it. */
export function kernelRows({ scene, at, probe, isOwn, kernel, twins }: ObservedHost, logs: LogRecords): TruthRow[] {
  const of = (name: string) => kernel.get(`Tcp.${name}`) ?? 0;
  const sent = sentBy(logs, probe, isOwn);
  const captured = segments(new LogVolumes(logs, probe), isOwn);
  const sentAgain = sent.retransmitted_segments + sent.syn_repeats + sent.fin_repeats;
  const row = (what: string, expected: number, measured: number) => ({ scene, at, what, expected, measured });
  // Linux leaves what is sent again out of OutSegs, but for a SYN-ACK, which is in both; TCPSynRetrans has SYNs too.
  const handshakesAgain = kernel.get("TcpExt.TCPSynRetrans") ?? 0;
  const sentRow = row(
    "TCP segments sent: kernel's OutSegs + RetransSegs",
    of("OutSegs") + of("RetransSegs"),
    captured.sent,
  );
  const againRow = row("TCP segments sent again, SYN and FIN too: kernel's RetransSegs", of("RetransSegs"), sentAgain);
  const againBound = {
    most: sent.fin_repeats + twins,
    reason: "a FIN sent again with payload counts in two columns, an equal packet at once is taken for a copy",
  };
  const bound = { most: handshakesAgain, reason: "the kernel counts a SYN-ACK sent again in both" };
  return [
    handshakesAgain === 0 ? sentRow : { ...sentRow, bound },
    row("TCP segments received: kernel's InSegs", of("InSegs"), captured.come),
    againBound.most === 0 ? againRow : { ...againRow, bound: againBound },
    row("TCP RST sent: kernel's OutRsts", of("OutRsts"), sent.rst),
  ];
}

/** All that was captured, copies of frames too: the kernel takes them as segments like others. */
function segments(volumes: LogVolumes, isOwn: (address: string) => boolean): { sent: number; come: number } {
  const sums = { sent: 0, come: 0 };
  for (const [tuple, { packets }] of Object.entries(volumes.byTuple("tuples"))) {
    const [protocol, sender] = tuple.split(" ");
    if (protocol === "6") sums[isOwn(sender!) ? "sent" : "come"] += packets;
  }
  return sums;
}

/** Both hosts of a scene. */
export function sceneKernelRows(truth: SceneTruth, logs: LogRecords): TruthRow[] {
  const scene = truth.script.name;
  const [near, far] = [probeName(scene, "near"), probeName(scene, "far")];
  const among = (addresses: typeof CLIENT | typeof SERVER) => (address: string) =>
    [...addresses.ipv4, ...addresses.ipv6].some((each) => each === address);
  const client = {
    scene,
    at: "near",
    probe: near,
    isOwn: among(CLIENT),
    kernel: truth.client,
    twins: lineTotals(truth, 0).twins.forward,
  };
  const server = {
    scene,
    at: "far",
    probe: far,
    isOwn: among(SERVER),
    kernel: truth.server,
    twins: lineTotals(truth, 1).twins.backward,
  };
  return [
    ...kernelRows(client, logs),
    ...kernelRows(server, logs),
    {
      ...{ scene, at: "near", what: "TCP connections opened: both kernels' ActiveOpens" },
      expected: (truth.client.get("Tcp.ActiveOpens") ?? 0) + (truth.server.get("Tcp.ActiveOpens") ?? 0),
      measured: connections(logs, near, "connections_opened"),
    },
    {
      ...{ scene, at: "far", what: "TCP connections established: both kernels' PassiveOpens" },
      expected: (truth.client.get("Tcp.PassiveOpens") ?? 0) + (truth.server.get("Tcp.PassiveOpens") ?? 0),
      measured: connections(logs, far, "connections_established"),
    },
  ];
}
