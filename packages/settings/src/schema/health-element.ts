import type { HealthPlace } from "@trafmon/runtime";
import { optional, withDefault } from "./attribute.ts";
import { childrenOf, element, type ReadElement, valuesOf } from "./element.ts";
import { listenEndpoint } from "./network-kinds.ts";
import { path, yesNo } from "./text-kinds.ts";

export const healthElement = element({
  name: "health",
  meaning:
    "Where the program tells over HTTP how it is: `/health` for people and scripts (JSON; status 200, or 503 when something is wrong), `/metrics` for Prometheus. Without this element nothing listens. A change counts from the next start on. docs/health.md names the figures.",
  attributes: {
    listen: optional(
      listenEndpoint,
      "Address and TCP port. Anybody who reaches it may ask, and nobody can change anything.",
      "None: then `socket` is needed.",
    ),
    socket: optional(
      path,
      "Path of a UNIX socket in place of an address; readable and writable by the program's user and group.",
      "None: then `listen` is needed.",
    ),
    open: withDefault(
      yesNo,
      "no",
      "Whether `listen` may be an address that other machines reach. What is told has no passwords, but names and figures of the network.",
    ),
  },
});

/** Where to answer; null where the element is missing. */
export function healthPlace(parent: ReadElement): HealthPlace | null {
  const [read] = childrenOf(parent, healthElement);
  if (read === undefined) return null;
  const { listen, socket } = valuesOf(read, healthElement);
  return listen ?? { socket: socket as string };
}
