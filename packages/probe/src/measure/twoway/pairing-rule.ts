import { observationTypes } from "@trafmon/observation";
import type { RequestProtocol } from "@trafmon/settings";

/** How the requests of a protocol are told apart. */
export interface PairingRule {
  readonly protocol: RequestProtocol;
  /** Its place among the names of the column. */
  readonly number: number;
  /** What comes with the key of a request that waits no more is another request; else it is a further copy. */
  readonly beginsAnew: boolean;
  /** A reply's content may be somewhat more than the request's. */
  readonly isContentWithin: boolean;
}

const [, , , { symbols }] = observationTypes.twoway.columns;

export const pairingRules: readonly PairingRule[] = symbols.map((protocol, number) => ({
  protocol,
  number,
  // Nobody sends a ping again.
  beginsAnew: protocol === "icmp",
  isContentWithin: protocol === "tcp-handshake",
}));

export function pairingRule(protocol: RequestProtocol): PairingRule {
  return pairingRules.find((rule) => rule.protocol === protocol)!;
}
