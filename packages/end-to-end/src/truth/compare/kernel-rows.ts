import type { LogRecords } from "../../read/log-records.ts";
import type { KernelCounters } from "../network/kernel-counters.ts";
import { CLIENT, SERVER } from "../network/truth-network.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { connections, sentBy } from "./tcp-figures.ts";

const CLIENTS = [...CLIENT.ipv4, ...CLIENT.ipv6];
const SERVERS = [...SERVER.ipv4, ...SERVER.ipv6];

/** What the hosts' kernels say of their TCP (RFC 4022 and Linux' own), each against the tap next to it. */
export function kernelRows(truth: SceneTruth, logs: LogRecords): TruthRow[] {
  const scene = truth.script.name;
  const near = probeName(scene, "near");
  const far = probeName(scene, "far");
  const rows: TruthRow[] = [];
  const side = (
    at: string,
    probe: string,
    host: readonly string[],
    peer: readonly string[],
    kernel: KernelCounters,
  ) => {
    const of = (name: string) => kernel.get(name) ?? 0;
    const sent = sentBy(logs, probe, host);
    const come = sentBy(logs, probe, peer);
    const row = (what: string, expected: number, measured: number) =>
      rows.push({ scene, at, what, expected, measured });
    row("TCP segments sent: kernel's OutSegs + RetransSegs", of("Tcp.OutSegs") + of("Tcp.RetransSegs"), sent.packets);
    row("TCP segments received: kernel's InSegs", of("Tcp.InSegs"), come.packets);
    row(
      "TCP segments sent again, SYN and FIN too: kernel's RetransSegs",
      of("Tcp.RetransSegs"),
      sent.retransmitted_segments + sent.syn_repeats + sent.fin_repeats,
    );
    row("RST sent: kernel's OutRsts", of("Tcp.OutRsts"), sent.rst);
  };
  side("near", near, CLIENTS, SERVERS, truth.client);
  side("far", far, SERVERS, CLIENTS, truth.server);
  const opened = truth.client.get("Tcp.ActiveOpens") ?? 0;
  rows.push(
    {
      scene,
      at: "near",
      what: "connections opened: client's ActiveOpens",
      expected: opened,
      measured: connections(logs, near, "connections_opened"),
    },
    {
      ...{ scene, at: "far", what: "connections established: server's PassiveOpens" },
      expected: truth.server.get("Tcp.PassiveOpens") ?? 0,
      measured: connections(logs, far, "connections_established"),
    },
  );
  return rows;
}
