import type { FlowClassSettings } from "@trafmon/settings";
import type { ServiceLookup } from "../classify/service-lookup.ts";
import { askedServices } from "./catalogue.ts";

/** Services of ports that services.tsv does not know, and that a class asks for a protocol on. */
export function withAskedServices(serviceOf: ServiceLookup, classes: readonly FlowClassSettings[]): ServiceLookup {
  const asked = askedServices(classes);
  if (asked.length === 0) return serviceOf;
  return (protocol, one, other) => {
    const known = serviceOf(protocol, one, other);
    if (known !== null || protocol !== 6) return known;
    for (const port of [other, one]) {
      const found = asked.find(({ ports }) => ports.some(({ from, to }) => port >= from && port <= to));
      if (found !== undefined) return { name: found.service, port };
    }
    return null;
  };
}
