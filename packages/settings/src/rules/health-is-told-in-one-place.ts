import { BlockList, isIPv6 } from "node:net";
import { partialValuesOf } from "../schema/element.ts";
import { healthElement } from "../schema/health-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Health is told on an address or a socket, and to other machines only where the file says so. */
export const healthIsToldInOnePlace: Rule = (root, faults) => {
  for (const read of descendantsOf(root, healthElement)) {
    const { source } = read;
    const { listen, socket, open } = partialValuesOf(read, healthElement);
    const tell = (attribute: string, problem: string, allowed: string) =>
      faults.add(source.attributes.get(attribute)?.line ?? source.line, source.path, attribute, problem, allowed);
    if (listen === null && socket === null)
      tell("listen", "there is neither an address nor a socket", "listen or socket");
    if (listen != null && socket != null) tell("socket", "there is an address as well", "listen or socket, not both");
    if (listen == null || open !== false) continue;
    if (!loopback.check(listen.address, isIPv6(listen.address) ? "ipv6" : "ipv4"))
      tell("listen", `${listen.address} can be reached from other machines`, '127.0.0.1 or [::1], or open="yes"');
  }
};
