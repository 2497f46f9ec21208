import { FLAGS, IP_BYTES, SECONDS } from "@trafmon/packet";
import type { Measurements } from "@trafmon/settings";
import { INSTANCE_STRIDE } from "../classify/instance-record.ts";
import { RecordPool } from "../tables/record-pool.ts";
import { CELL_START, IntervalCells } from "./interval-cells.ts";
import { BYTES, IP_RARITIES, IP_WORDS, IpCounters, RARE_IP_WORDS } from "./ip-counters.ts";
import { IpSizes } from "./ip-sizes.ts";
import type { MeasurementParts } from "./measurement.ts";
import { TcpCounters } from "./tcp-counters.ts";
import { UdpCounters } from "./udp-counters.ts";

/** Words of a cache line, 64 bytes. */
const WORDS_OF_A_LINE = 16;

/** Kinds of packet that measurements tell apart: what no other kind is, then those with their transport header. */
export const OTHER = 0;
export const TCP = 1;
export const UDP = 2;
export const ICMP = 3;

/** What a class asks of these counters with one and the same interval. */
export type PacketCounters = Pick<Measurements, "ipCounters" | "ipSizes" | "udpCounters" | "tcpCounters">;

/** Word of a cell that names its rest, 0: none. It is the pool's when the cell is free. */
const CELL_REST = 0;

/**
 * The cells of the counters that a packet usually goes through: IP, sizes, UDP and TCP of one interval length. They
 * share one cell, in which what every packet adds to lies side by side:
 *
 *     line 0    head, IP packets and bytes, first and last instant; segments (or datagrams) and their bytes
 *     line 1    packets per slice of IP length
 *
 * The rest is in a record of its own, a line that most cells never need: fragments and copies; datagrams where the class
 * counts segments as well, for hardly an instance has both.
 *
 * A count that would overflow writes the cell early: none grows faster than the bytes.
 */
export class PacketCells extends IntervalCells {
  readonly tcp: TcpCounters | null;
  readonly #ip: IpCounters;
  readonly #sizes: IpSizes | null;
  readonly #udp: UdpCounters | null;
  /** Record 0 is always empty. */
  readonly #rests: RecordPool;
  /** Datagrams count in the rest of the cell. */
  readonly #hasUdpInRest: boolean;

  /** `place`: of the instance's cells this one takes, and the next one if it counts TCP. */
  constructor(parts: MeasurementParts, intervalS: number, asked: PacketCounters) {
    const layout = layoutOf(asked);
    super(parts, intervalS, layout.stride);
    const { sink } = parts;
    this.#rests = new RecordPool(WORDS_OF_A_LINE, this.pool.limit);
    this.#hasUdpInRest = asked.tcpCounters !== null;
    this.#ip = new IpCounters(sink, intervalS, asked.ipCounters !== null);
    this.#sizes = asked.ipSizes && new IpSizes(sink, intervalS, layout.sizes, asked.ipSizes.bounds);
    this.#udp = asked.udpCounters && new UdpCounters(sink, intervalS, layout.udp);
    this.tcp = asked.tcpCounters && new TcpCounters(parts, intervalS, layout.tcp, this);
  }

  override get bytes(): number {
    return super.bytes + this.#rests.bytes + (this.tcp?.bytes ?? 0);
  }

  /** Counts the packet record at `at` for a flow instance. `reverse`: 0 or 1. `kind`: of packet, as above. */
  count(words: Int32Array, at: number, slot: number, reverse: number, kind: number): void {
    const s = words[at + SECONDS]!;
    const cells = this.pool.words;
    let base = this.cellAt(slot, s);
    const bytes = words[at + IP_BYTES]! >>> 0;
    let total = (cells[base + BYTES + reverse]! >>> 0) + bytes;
    if (total > 0xffffffff) {
      this.writeOf(slot);
      base = this.cellAt(slot, s);
      total = bytes;
    }
    cells[base + BYTES + reverse] = total;
    this.#ip.count(cells, base, (s - cells[base + CELL_START]!) | 0, words, at, reverse);
    if (words[at + FLAGS]! & IP_RARITIES) {
      this.#ip.countRare(this.#rests.words, this.#restOf(cells, base), words, at, reverse);
    }
    if (this.#sizes !== null) this.#sizes.count(cells, base, bytes, reverse);
    if (kind === TCP) {
      if (this.tcp !== null) this.tcp.count(cells, base, slot, s, reverse);
    } else if (kind === UDP) {
      if (this.#udp === null) return;
      if (this.#hasUdpInRest) this.#udp.count(this.#rests.words, this.#restOf(cells, base), words, at, reverse);
      else this.#udp.count(cells, base, words, at, reverse);
    }
  }

  /** Word where the rest of a cell begins, made if there is none. */
  #restOf(cells: Int32Array, base: number): number {
    if (cells[base + CELL_REST] === 0) cells[base + CELL_REST] = this.#rests.take();
    return cells[base + CELL_REST]! * WORDS_OF_A_LINE;
  }

  /**
   * Reads of the open cells of instances, so that they are fetched into the cache: of `members[from .. until)`, each an
   * instance << 1 | its direction.
   */
  touch(members: Int32Array, from: number, until: number): number {
    const { words, stride } = this.pool;
    const instances = this.instances.words;
    const cellWord = this.cellWord;
    let touched = 0;
    for (let index = from; index < until; index++) {
      const base = instances[(members[index]! >>> 1) * INSTANCE_STRIDE + cellWord]! * stride;
      touched ^= words[base]! ^ words[base + stride - 1]!;
    }
    return touched;
  }

  /** Reads of the rests these name, once they are in the cache. */
  touchNamed(members: Int32Array, from: number, until: number): number {
    const { words, stride } = this.pool;
    const instances = this.instances.words;
    const rests = this.#rests.words;
    const cellWord = this.cellWord;
    let touched = 0;
    for (let index = from; index < until; index++) {
      const base = instances[(members[index]! >>> 1) * INSTANCE_STRIDE + cellWord]! * stride;
      touched ^= rests[words[base + CELL_REST]! * WORDS_OF_A_LINE]!;
    }
    return touched;
  }

  /** Where the instance's cell for an instant begins in `pool.words`, opened if it must be. */
  cellOf(slot: number, s: number): number {
    return this.cellAt(slot, s);
  }

  protected write(base: number, flowId: number, startS: number, slot: number): void {
    const cells = this.pool.words;
    const rests = this.#rests.words;
    const rest = cells[base + CELL_REST]! * WORDS_OF_A_LINE;
    this.#ip.write(cells, base, rests, rest, flowId, startS);
    if (this.#sizes !== null) this.#sizes.write(cells, base, flowId, startS);
    if (this.#udp !== null) {
      if (this.#hasUdpInRest) this.#udp.write(rests, rest, flowId, startS);
      else this.#udp.write(cells, base, flowId, startS);
    }
    if (this.tcp !== null) this.tcp.write(cells, base, slot, flowId, startS);
    if (rest !== 0) this.#rests.give(cells[base + CELL_REST]!);
  }
}

/** Words where the parts of a cell begin; datagrams that count in its rest stand behind what is rare there. */
function layoutOf({ ipSizes, tcpCounters }: PacketCounters) {
  const tcp = IP_WORDS;
  const sizes = WORDS_OF_A_LINE;
  const end = sizes + (ipSizes === null ? 0 : 2 * (ipSizes.bounds.length + 1));
  // One of the two has room in the first line.
  const udp = tcpCounters === null ? IP_WORDS : RARE_IP_WORDS;
  return { tcp, udp, sizes, stride: Math.ceil(end / WORDS_OF_A_LINE) * WORDS_OF_A_LINE };
}
