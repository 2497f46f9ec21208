import type { FlowClassSettings } from "@trafmon/settings";
import { AddressSet, maskWords } from "./address-set.ts";

/** A flow class as the analysis works with it. */
export interface FlowClass {
  /** Place among the probe's classes, and bit of class masks. */
  readonly index: number;
  readonly settings: FlowClassSettings;
  /** Addresses whose side is forward where ports do not decide. */
  readonly from: AddressSet;
  /** Address bits that tell instances apart; all 0 when addresses do not. Shape: [4]. */
  readonly v4Mask: Int32Array;
  readonly v6Mask: Int32Array;
  /** Whether TCP connections must be followed for it. */
  readonly asksTcp: boolean;
}

export function flowClasses(settings: readonly FlowClassSettings[]): FlowClass[] {
  return settings.map((each, index) => {
    const { addresses } = each.partition;
    return {
      index,
      settings: each,
      from: new AddressSet(each.from),
      v4Mask: maskWords(addresses?.v4Bits ?? 0),
      v6Mask: maskWords(addresses?.v6Bits ?? 0),
      asksTcp: each.measure.tcpCounters !== null || each.measure.tcpConnections !== null,
    };
  });
}
