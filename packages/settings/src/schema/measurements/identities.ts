import type { IdentitySource } from "../../model/measurements.ts";
import { withDefault } from "../attribute.ts";
import { element, valuesOf } from "../element.ts";
import { durationS } from "../number-kinds.ts";
import { choice, listOf } from "../text-kinds.ts";
import type { MeasurementSchema } from "./measurement.ts";

export const identitySourceNames = ["dns", "mdns", "dhcp", "tls"] as const satisfies readonly IdentitySource[];

export const identitiesElement = element({
  name: "identities",
  meaning:
    "What addresses are called and whose they are, as packets of the class tell it (log `ident`): answers of DNS (ports of requestProtocols) and mDNS, leases of DHCP and DHCPv6, server names of TLS where a server answers. Names that people look up are in it, so ask for it where they may be kept. Each is told when it is new, and again when it holds longer.",
  attributes: {
    sources: withDefault(listOf(choice(...identitySourceNames)), identitySourceNames.join(" "), "What is listened to."),
    hold: withDefault(
      durationS("1s", "7d"),
      "1h",
      "How long what tells no time itself is taken to hold: server names of TLS, and leases without a time.",
    ),
    refresh: withDefault(
      durationS("10s", "1h"),
      "10min",
      "How often it is told again that something still holds, at most. A lease given to another client meanwhile is told to have ended up to so much too late.",
    ),
  },
});

export const identities: MeasurementSchema<"identities"> = {
  key: "identities",
  element: identitiesElement,
  settings: (read, ports) => {
    const { sources, hold, refresh } = valuesOf(read, identitiesElement);
    return { sources: [...new Set(sources)], holdS: hold, refreshS: refresh, dnsPorts: ports.dns, tlsPorts: ports.tls };
  },
};
