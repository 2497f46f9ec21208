import type { Namespace } from "./namespace.ts";

/** `Tcp.RetransSegs`, `Ip.OutRequests`, `TcpExt.TCPTimeouts`, `Icmp6.OutEchos`: totals of a namespace. */
export type KernelCounters = ReadonlyMap<string, number>;

/**
 * The protocol counters of a namespace, from /proc/net/snmp, netstat and snmp6. TCP has one set for both families. The
 * IPv6 files' names are split: `Icmp6OutEchos` is `Icmp6.OutEchos`.
 */
export function readKernelCounters(space: Namespace): KernelCounters {
  const counters = new Map<string, number>();
  const lines = space.run("cat", "/proc/net/snmp", "/proc/net/netstat").trimEnd().split("\n");
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [names, values] = [lines[i]!.split(" "), lines[i + 1]!.split(" ")];
    for (let j = 1; j < names.length; j++) counters.set(`${names[0]!.slice(0, -1)}.${names[j]}`, Number(values[j]));
  }
  for (const line of space.run("cat", "/proc/net/snmp6").trimEnd().split("\n")) {
    const [name, value] = line.split(/\s+/);
    counters.set(name!.replace(/^([A-Z][a-z]+6)/, "$1."), Number(value));
  }
  return counters;
}

/** What counters rose by. */
export function rise(before: KernelCounters, after: KernelCounters): KernelCounters {
  return new Map([...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)]));
}

/** Frames that an interface received and sent, as its driver counts them, and those it dropped. */
export interface DeviceCounters {
  readonly frames: number;
  readonly dropped: number;
}

export function readDeviceCounters(space: Namespace, device: string): DeviceCounters {
  const { rx, tx } = JSON.parse(space.run("ip", "-s", "-j", "link", "show", "dev", device))[0].stats64;
  return { frames: rx.packets + tx.packets, dropped: rx.dropped + tx.dropped };
}
