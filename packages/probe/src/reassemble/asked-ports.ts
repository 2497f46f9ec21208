import type { PortRange } from "../capture/payload-plan.ts";
import type { FlowClass } from "../classify/flow-class.ts";
import type { StreamProtocol } from "./stream-protocol.ts";

/** A protocol and the TCP service ports it is read on, by class. Shape: [classes]; empty: the class does not ask. */
export interface ProtocolOnPorts {
  readonly protocol: StreamProtocol;
  readonly ports: readonly (readonly PortRange[])[];
}

/** On which ports which classes ask for a protocol. */
export class AskedPorts {
  readonly #protocols: readonly ProtocolOnPorts[];
  /** Bit per port: some class asks for a protocol there. Most connections are told by it to be none of ours. */
  readonly #bits = new Int32Array(65_536 / 32);

  constructor(protocols: readonly ProtocolOnPorts[]) {
    this.#protocols = protocols;
    for (const { from, to } of protocols.flatMap(({ ports }) => ports.flat())) {
      for (let port = from; port <= to; port++) this.#bits[port >>> 5]! |= 1 << (port & 31);
    }
  }

  /** Whether a protocol is to be read out of the class's connections between these ports. */
  asks(classIndex: number, onePort: number, otherPort: number): boolean {
    if (((this.#bits[onePort >>> 5]! >>> (onePort & 31)) | (this.#bits[otherPort >>> 5]! >>> (otherPort & 31))) & 1) {
      return this.#classAsks(classIndex, onePort, otherPort);
    }
    return false;
  }

  #classAsks(classIndex: number, onePort: number, otherPort: number): boolean {
    for (const { ports } of this.#protocols) {
      if (holdsPort(ports[classIndex]!, onePort) || holdsPort(ports[classIndex]!, otherPort)) return true;
    }
    return false;
  }
}

interface OfClass {
  readonly flowClass: FlowClass;
}

/**
 * Which of a connection's sides has the service's port, for the classes of its members; with both, the one that did not
 * send the SYN. `a`, `b`: the sides' ports. null: neither has it.
 */
export function serverIsBOf(
  members: readonly OfClass[],
  ports: ProtocolOnPorts["ports"],
  a: number,
  b: number,
  openerIsB: boolean | null,
): boolean | null {
  const isAskedOnB = isAskedBySome(members, ports, b);
  if (!isAskedBySome(members, ports, a)) return isAskedOnB ? true : null;
  if (!isAskedOnB) return false;
  return openerIsB === null ? b < a : !openerIsB;
}

export function holdsPort(ranges: readonly PortRange[], port: number): boolean {
  for (let index = 0; index < ranges.length; index++) {
    const { from, to } = ranges[index]!;
    if (port >= from && port <= to) return true;
  }
  return false;
}

/** Whether the class of one of these asks for a protocol on a port. */
function isAskedBySome(members: readonly OfClass[], ports: ProtocolOnPorts["ports"], port: number): boolean {
  for (const { flowClass } of members) if (holdsPort(ports[flowClass.index]!, port)) return true;
  return false;
}
