import type { LogRecords } from "../../read/log-records.ts";
import type { KernelCounters } from "../network/kernel-counters.ts";
import { CLIENT, SERVER } from "../network/truth-network.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { connections, sentBy } from "./tcp-figures.ts";

/** A host, or several that share a kernel, and the probe whose tap is beside it. */
export interface ObservedHost {
  readonly scene: string;
  /** For the table. */
  readonly at: string;
  readonly probe: string;
  readonly isOwn: (address: string) => boolean;
  /** What its kernel's counters rose by. */
  readonly kernel: KernelCounters;
}

/** What a host's kernel says of its TCP (RFC 4022 and Linux' own) against the tap next to it. */
export function kernelRows({ scene, at, probe, isOwn, kernel }: ObservedHost, logs: LogRecords): TruthRow[] {
  const of = (name: string) => kernel.get(`Tcp.${name}`) ?? 0;
  const sent = sentBy(logs, probe, isOwn);
  const come = sentBy(logs, probe, (address) => !isOwn(address));
  const sentAgain = sent.retransmitted_segments + sent.syn_repeats + sent.fin_repeats;
  const row = (what: string, expected: number, measured: number) => ({ scene, at, what, expected, measured });
  return [
    // Linux leaves what is sent again out of OutSegs.
    row("TCP segments sent: kernel's OutSegs + RetransSegs", of("OutSegs") + of("RetransSegs"), sent.packets),
    row("TCP segments received: kernel's InSegs", of("InSegs"), come.packets),
    row("TCP segments sent again, SYN and FIN too: kernel's RetransSegs", of("RetransSegs"), sentAgain),
    row("TCP RST sent: kernel's OutRsts", of("OutRsts"), sent.rst),
  ];
}

/** Both hosts of a scene. */
export function sceneKernelRows(truth: SceneTruth, logs: LogRecords): TruthRow[] {
  const scene = truth.script.name;
  const [near, far] = [probeName(scene, "near"), probeName(scene, "far")];
  const among = (addresses: typeof CLIENT | typeof SERVER) => (address: string) =>
    [...addresses.ipv4, ...addresses.ipv6].some((each) => each === address);
  const client = { scene, at: "near", probe: near, isOwn: among(CLIENT), kernel: truth.client };
  const server = { scene, at: "far", probe: far, isOwn: among(SERVER), kernel: truth.server };
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
