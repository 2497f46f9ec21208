import {
  DESTINATION,
  FLAG_IPV6,
  FLAG_PORTS,
  FLAG_TRANSPORT,
  FLAGS,
  INTERFACE,
  PORTS,
  PROTOCOL_TOS_TTL,
  SOURCE,
  TCP_FLAGS_WINDOW,
  VLAN,
} from "@trafmon/packet";
import { compareWords } from "./address-set.ts";
import type { FlowClass } from "./flow-class.ts";
import type { ServiceLookup } from "./service-lookup.ts";

const TCP = 6;
const UDP = 17;
const SYN = 0x02;
const ACK = 0x10;

/** Words of a key, in this order. What the partition leaves out is 0. */
export const KEY_A = 0;
export const KEY_B = 4;
/** Port of endpoint A << 16 | port of endpoint B. */
export const KEY_PORTS = 8;
/** Class | protocol << 8 | KEY_* bits. */
export const KEY_KIND = 9;
/** ToS | VLAN << 8. */
export const KEY_TOS_VLAN = 10;
export const KEY_INTERFACE = 11;
/** Number of the service's name; 0: none. */
export const KEY_SERVICE = 12;
export const KEY_WORDS = 13;

export const KEY_IS_V6 = 1 << 16;
/** Both ports are part of the key. */
export const KEY_HAS_PORTS = 1 << 17;
/** The instance takes what found no slot; nothing else is in its key. */
export const KEY_OVERFLOW = 1 << 18;

/** What settled which way is forward; the words of `flow`'s direction column. */
export type DirectionRule = "syn" | "synack" | "service" | "first" | "from" | "lower" | "overflow";

/** Whether the packet's ports are known. */
export function hasPorts(words: Int32Array, at: number): boolean {
  const protocol = words[at + PROTOCOL_TOS_TTL]! & 0xff;
  return (protocol === TCP || protocol === UDP) && (words[at + FLAGS]! & (FLAG_TRANSPORT | FLAG_PORTS)) !== 0;
}

/**
 * Makes the key that tells flow instances of a class apart, and says which way a packet goes in them.
 *
 * The two endpoints of a two-way instance (address prefix, and port where ports tell apart) stand in the key in
 * rising order, so that both directions make one key. The fields hold until the next `make`.
 */
export class FlowKeyMaker {
  readonly key = new Int32Array(KEY_WORDS);
  hash = 0;
  /** Whether the packet's sender is endpoint A of the key. */
  senderIsA = true;
  /** The endpoints are the same, so that each packet's own addresses say which way it goes. */
  endpointsEqual = false;
  readonly #serviceOf: ServiceLookup;
  readonly #agreedService: (words: Int32Array, at: number) => string | null;
  readonly #numberOfService = new Map<string, number>();
  readonly #services: (string | null)[] = [null];

  /** `agreedService`: service of a packet whose ports say nothing, for they were agreed upon; null: none. */
  constructor(serviceOf: ServiceLookup, agreedService: (words: Int32Array, at: number) => string | null = () => null) {
    this.#serviceOf = serviceOf;
    this.#agreedService = agreedService;
  }

  make(words: Int32Array, at: number, flowClass: FlowClass): void {
    const { key } = this;
    const { partition } = flowClass.settings;
    const isV6 = (words[at + FLAGS]! & FLAG_IPV6) !== 0;
    const protocolAndTos = words[at + PROTOCOL_TOS_TTL]!;
    const withPorts = partition.ports && hasPorts(words, at);
    key.fill(0);
    this.#putEndpoints(words, at, flowClass, isV6, withPorts);
    key[KEY_KIND] = flowClass.index | (withPorts ? KEY_HAS_PORTS : 0);
    if (partition.protocol) key[KEY_KIND]! |= (protocolAndTos & 0xff) << 8;
    if (partition.addresses !== null && isV6) key[KEY_KIND]! |= KEY_IS_V6;
    if (partition.tos) key[KEY_TOS_VLAN] = (protocolAndTos >> 8) & 0xff;
    if (partition.vlan) key[KEY_TOS_VLAN]! |= words[at + VLAN]! << 8;
    if (partition.interface) key[KEY_INTERFACE] = words[at + INTERFACE]!;
    if (partition.service && !partition.ports) key[KEY_SERVICE] = this.#serviceNumber(words, at);
    this.hash = hashOf(key);
  }

  /** Name of a service by its number in a key. */
  serviceName(number: number): string | null {
    return this.#services[number] ?? null;
  }

  /** Name of the service the packet's ports stand for. */
  serviceOf(words: Int32Array, at: number): string | null {
    if (!hasPorts(words, at)) return null;
    const ports = words[at + PORTS]!;
    if ((words[at + PROTOCOL_TOS_TTL]! & 0xff) === TCP) {
      const agreed = this.#agreedService(words, at);
      if (agreed !== null) return agreed;
    }
    return this.#serviceOf(words[at + PROTOCOL_TOS_TTL]! & 0xff, ports >>> 16, ports & 0xffff)?.name ?? null;
  }

  /** What settles the direction of an instance whose first record this packet is. */
  ruleAtFirst(words: Int32Array, at: number, flowClass: FlowClass): DirectionRule {
    if (!flowClass.settings.partition.twoWay) return "first";
    if ((this.key[KEY_KIND]! & KEY_HAS_PORTS) === 0) return byFrom(words, at, flowClass) === 0 ? "lower" : "from";
    const flags = words[at + FLAGS]! & FLAG_TRANSPORT ? words[at + TCP_FLAGS_WINDOW]! & (SYN | ACK) : 0;
    const protocol = words[at + PROTOCOL_TOS_TTL]! & 0xff;
    if (protocol === TCP && flags === SYN) return "syn";
    if (protocol === TCP && flags === (SYN | ACK)) return "synack";
    const [source, destination] = [words[at + PORTS]! >>> 16, words[at + PORTS]! & 0xffff];
    return source !== destination && this.#serviceOf(protocol, source, destination) !== null ? "service" : "first";
  }

  /** Whether by this rule the packet goes forward. */
  isForward(rule: DirectionRule, words: Int32Array, at: number, flowClass: FlowClass): boolean {
    switch (rule) {
      case "syn":
      case "first":
        return true;
      case "synack":
        return false;
      case "service": {
        const ports = words[at + PORTS]!;
        const service = this.#serviceOf(words[at + PROTOCOL_TOS_TTL]! & 0xff, ports >>> 16, ports & 0xffff);
        return service?.port === (ports & 0xffff);
      }
      default:
        return isForwardByAddress(words, at, flowClass);
    }
  }

  #putEndpoints(words: Int32Array, at: number, flowClass: FlowClass, isV6: boolean, withPorts: boolean): void {
    const { key } = this;
    const mask = isV6 ? flowClass.v6Mask : flowClass.v4Mask;
    let order = 0;
    for (let word = 0; word < 4; word++) {
      const source = words[at + SOURCE + word]! & mask[word]!;
      const destination = words[at + DESTINATION + word]! & mask[word]!;
      if (order === 0 && source !== destination) order = source >>> 0 < destination >>> 0 ? -1 : 1;
      key[KEY_A + word] = source;
      key[KEY_B + word] = destination;
    }
    const ports = withPorts ? words[at + PORTS]! : 0;
    if (order === 0) order = (ports >>> 16) - (ports & 0xffff);
    key[KEY_PORTS] = ports;
    const { twoWay } = flowClass.settings.partition;
    this.senderIsA = !twoWay || order <= 0;
    this.endpointsEqual = twoWay && order === 0;
    if (this.senderIsA) return;
    for (let word = 0; word < 4; word++) {
      const source = key[KEY_A + word]!;
      key[KEY_A + word] = key[KEY_B + word]!;
      key[KEY_B + word] = source;
    }
    key[KEY_PORTS] = (ports << 16) | (ports >>> 16);
  }

  #serviceNumber(words: Int32Array, at: number): number {
    const name = this.serviceOf(words, at);
    if (name === null) return 0;
    let number = this.#numberOfService.get(name);
    if (number === undefined) {
      number = this.#services.push(name) - 1;
      this.#numberOfService.set(name, number);
    }
    return number;
  }
}

/** Above 0: the source alone is on the class's `from` side; below 0: the destination alone. */
function byFrom(words: Int32Array, at: number, { from }: FlowClass): number {
  if (from.isEmpty) return 0;
  const isV6 = (words[at + FLAGS]! & FLAG_IPV6) !== 0;
  return Number(from.has(words, at + SOURCE, isV6)) - Number(from.has(words, at + DESTINATION, isV6));
}

/** Direction where ports do not decide: from the `from` side, else from the numerically lower address. */
export function isForwardByAddress(words: Int32Array, at: number, flowClass: FlowClass): boolean {
  const side = byFrom(words, at, flowClass);
  return side !== 0 ? side > 0 : compareWords(words, at + SOURCE, words, at + DESTINATION) <= 0;
}

function hashOf(key: Int32Array): number {
  let hash = 0x2545f491;
  for (let word = 0; word < KEY_WORDS; word++) {
    hash = Math.imul(hash ^ key[word]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
