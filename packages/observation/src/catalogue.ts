import type { ObservationType } from "./observation-type.ts";
import {
  capst,
  ftpct,
  icmpct,
  ipct,
  ipsz,
  owct,
  owdrop,
  owlost,
  owmiss,
  tcpct,
  twoway,
  udpct,
} from "./types/counters.ts";
import { flow, flowend, objective, owhop, slice } from "./types/identity.ts";
import { event, ftptf, ident, netflow, owlat, owsig, owts, tcpcx, trans } from "./types/items.ts";

/** Every observation type there is, identity first. Adding one is a line here and a declaration. */
export const observationTypes = {
  flow,
  flowend,
  slice,
  owhop,
  objective,
  ipct,
  ipsz,
  icmpct,
  udpct,
  tcpct,
  ftpct,
  twoway,
  owct,
  owlost,
  owmiss,
  owdrop,
  capst,
  tcpcx,
  ftptf,
  trans,
  owlat,
  owts,
  owsig,
  event,
  netflow,
  ident,
} as const satisfies Record<string, ObservationType>;

export type ObservationName = keyof typeof observationTypes;

const byCode = new Map<number, ObservationType>(Object.values(observationTypes).map((type) => [type.code, type]));

/** The type with this wire code, or undefined: a receiver skips and counts what it does not know. */
export function typeByCode(code: number): ObservationType | undefined {
  return byCode.get(code);
}
