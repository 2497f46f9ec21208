import type { Range, RequestProtocolPorts } from "@trafmon/settings";

const PORTS = 65_536;

/** What is spoken on a port: places in the list that made the table; 0: nothing. */
export class ProtocolPorts {
  readonly #speech = new Uint8Array(PORTS);

  /** The entries have no port in common. */
  constructor(entries: readonly (readonly Range[])[]) {
    if (entries.length > 255) throw new Error(`${entries.length} things are spoken on one transport`);
    entries.forEach((ranges, index) => {
      for (const { from, to } of ranges) this.#speech.fill(index + 1, from, to + 1);
    });
  }

  of(port: number): number {
    return this.#speech[port]!;
  }
}

/** What is left for services whose messages are not understood: ports asked for that speak nothing else. */
export function portsNotUnderstood(ports: RequestProtocolPorts, transport: "udp" | "tcp"): readonly Range[] {
  const { dns, ntp, snmp, http, tls, signatures } = ports;
  const own = signatures.filter((each) => each.transport === transport).map((each) => each.ports);
  const taken = (transport === "udp" ? [dns, ntp, snmp, ...own] : [dns, http, tls, ...own]).flat();
  return taken.reduce(without, ports[transport]);
}

function without(ranges: readonly Range[], taken: Range): readonly Range[] {
  return ranges.flatMap(({ from, to }) => {
    if (taken.to < from || taken.from > to) return [{ from, to }];
    return [
      { from, to: taken.from - 1 },
      { from: taken.to + 1, to },
    ].filter((left) => left.from <= left.to);
  });
}
