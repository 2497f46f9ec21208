import type { PartitionRule } from "../model/flow-class-settings.ts";
import { optional, type ValuesOf, withDefault } from "./attribute.ts";
import { element } from "./element.ts";
import { wholeNumber } from "./number-kinds.ts";
import { choice, yesNo } from "./text-kinds.ts";

export const partitionElement = element({
  name: "partition",
  meaning:
    "What tells two flow instances of the class apart: packets that agree in all of it are counted together. Absent: all attributes at their defaults.",
  attributes: {
    addresses: withDefault(
      choice("host", "prefix", "none"),
      "host",
      "Whether the pair of hosts tells apart, the pair of prefixes they lie in, or neither.",
    ),
    v4Bits: optional(wholeNumber(0, 32), 'Bits kept of IPv4 addresses, with addresses="prefix".', "24 bits."),
    v6Bits: optional(wholeNumber(0, 128), 'Bits kept of IPv6 addresses, with addresses="prefix".', "64 bits."),
    protocol: withDefault(yesNo, "yes", "Whether the IP protocol tells apart."),
    ports: withDefault(
      yesNo,
      "no",
      "Whether both ports tell apart, which makes an instance of each 5-tuple. The service is then a label only.",
    ),
    service: withDefault(
      yesNo,
      "yes",
      "Whether the service tells apart: the name that the better of both ports has in services.tsv.",
    ),
    tos: withDefault(yesNo, "no", "Whether the ToS octet (IPv6: traffic class) tells apart."),
    vlan: withDefault(yesNo, "no", "Whether the outermost VLAN id tells apart."),
    interface: withDefault(yesNo, "no", "Whether the interface the packet was captured on tells apart."),
    twoWay: withDefault(yesNo, "yes", "Whether both directions are one instance, counted apart within it."),
  },
});

const DEFAULT_V4_BITS = 24;
const DEFAULT_V6_BITS = 64;

export function partitionRule(values: ValuesOf<(typeof partitionElement)["attributes"]>): PartitionRule {
  const { addresses, v4Bits, v6Bits, ...rest } = values;
  const kept = {
    none: null,
    host: { v4Bits: 32, v6Bits: 128 },
    prefix: { v4Bits: v4Bits ?? DEFAULT_V4_BITS, v6Bits: v6Bits ?? DEFAULT_V6_BITS },
  };
  return { addresses: kept[addresses], ...rest };
}
