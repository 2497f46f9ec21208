import { readFileSync } from "node:fs";

/** The kernel's own counts of an interface, since it came into being. */
export interface InterfaceCounters {
  readonly receivedBytes: number;
  readonly receivedPackets: number;
  readonly sentBytes: number;
  readonly sentPackets: number;
  readonly sendErrors: number;
  readonly sendDropped: number;
}

/**
 * Reads them; null where there is no such interface or no such file. /proc/net, other than /sys/class/net, is always of
 * the network namespace that the process is in.
 */
export function readInterfaceCounters(interfaceName: string): InterfaceCounters | null {
  let text: string;
  try {
    text = readFileSync("/proc/net/dev", "utf8");
  } catch {
    return null;
  }
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).trim() !== interfaceName) continue;
    // proc(5): eight columns of receiving, then eight of sending; each begins with bytes, packets, errors, dropped.
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    const [receivedBytes = 0, receivedPackets = 0] = columns;
    const [sentBytes = 0, sentPackets = 0, sendErrors = 0, sendDropped = 0] = columns.slice(8);
    return { receivedBytes, receivedPackets, sentBytes, sentPackets, sendErrors, sendDropped };
  }
  return null;
}
