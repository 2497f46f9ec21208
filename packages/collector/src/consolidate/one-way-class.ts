import type { FlowClassSettings, OneWaySettings } from "@trafmon/settings";

/** Two hops whose sightings are compared, by their numbers, in the order of travel. */
export interface HopPair {
  readonly from: number;
  readonly to: number;
}

/** A legal order of hops. */
export interface Route {
  readonly hops: readonly number[];
  /** Pair of the i-th hop and the next: index in the class's pairs. */
  readonly pairs: readonly number[];
  /** Pair of the first hop and the last; null: the route has two hops, so it is among `pairs`. */
  readonly ends: number | null;
}

/** The bit of a hop in a mask of hops. */
export const hopBit = (hop: number) => 1 << (hop - 1);

/** A class that is watched at several hops: its routes and the pairs that verdicts are told of. */
export class OneWayClass {
  readonly name: string;
  readonly settings: OneWaySettings;
  readonly timeoutNs: number;
  readonly routes: readonly Route[];
  readonly pairs: readonly HopPair[];
  /** By hop number: pairs in which a sighting counts that came too late. */
  readonly pairsAt: readonly (readonly number[])[];
  /** By mask of the hops that saw a packet: index of its route. */
  readonly #routeOf: Uint8Array;

  constructor(name: string, settings: OneWaySettings) {
    this.name = name;
    this.settings = settings;
    this.timeoutNs = settings.timeoutMs * 1e6;
    const pairs: HopPair[] = [];
    const pairOf = (from: number, to: number): number => {
      const known = pairs.findIndex((pair) => pair.from === from && pair.to === to);
      return known < 0 ? pairs.push({ from, to }) - 1 : known;
    };
    this.routes = settings.routes.map(({ hops }) => ({
      hops,
      pairs: hops.slice(1).map((hop, index) => pairOf(hops[index]!, hop)),
      ends: hops.length > 2 ? pairOf(hops[0]!, hops.at(-1)!) : null,
    }));
    this.pairs = pairs;
    this.pairsAt = [[], ...settings.hops.map((_, index) => this.#pairsAt(index + 1))];
    this.#routeOf = Uint8Array.from({ length: 1 << settings.hops.length }, (_, mask) => this.#bestRoute(mask));
  }

  /** The route that explains best where a packet was seen. */
  routeOf(seen: number): Route {
    return this.routes[this.#routeOf[seen]!]!;
  }

  /** The pair that ends at the hop on the first route past it; at its first hop the one that begins there; and the ends. */
  #pairsAt(hop: number): readonly number[] {
    const route = this.routes.find(({ hops }) => hops.includes(hop))!;
    const place = route.hops.indexOf(hop);
    const isEnd = place === 0 || place === route.hops.length - 1;
    const pair = route.pairs[Math.max(0, place - 1)]!;
    return isEnd && route.ends !== null ? [pair, route.ends] : [pair];
  }

  /** Fewest sightings beside the route, then fewest hops passed unseen, then the first that stands in the file. */
  #bestRoute(seen: number): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    this.routes.forEach(({ hops }, index) => {
      const last = hops.findLastIndex((hop) => (seen & hopBit(hop)) !== 0);
      const unseen = hops.slice(0, last + 1).filter((hop) => (seen & hopBit(hop)) === 0).length;
      const beside = bitsOf(seen) - hops.filter((hop) => (seen & hopBit(hop)) !== 0).length;
      const cost = beside * 16 + unseen;
      if (cost < least) [best, least] = [index, cost];
    });
    return best;
  }
}

function bitsOf(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The classes of a configuration that are watched one way. */
export function oneWayClassesOf(classes: readonly FlowClassSettings[]): Map<string, OneWaySettings> {
  const found = new Map<string, OneWaySettings>();
  for (const { name, measure } of classes) if (measure.oneWay !== null) found.set(name, measure.oneWay);
  return found;
}
