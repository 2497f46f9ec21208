import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "@trafmon/runtime";
import type { InterfaceSettings, ProbeSettings } from "@trafmon/settings";
import { type Finding, fault, good, warning } from "../finding.ts";
import type { CaptureLibrary } from "./capture-library.ts";

const IFF_UP = 1;

/** `network`: /sys/class/net, or what stands for it in a test. */
export function checkInterfaces(probe: ProbeSettings, library: CaptureLibrary | null, network: string): Finding[] {
  return probe.interfaces.flatMap((each) => checkInterface(probe.name, each, library, network));
}

function checkInterface(
  probe: string,
  { name }: InterfaceSettings,
  library: CaptureLibrary | null,
  network: string,
): Finding[] {
  const about = "interface";
  if (name === "any")
    return [
      warning(
        about,
        `${probe} watches any: forwarded traffic is seen twice`,
        "name the interfaces that see the traffic once",
      ),
    ];
  const folder = join(network, name);
  if (!existsSync(folder))
    return [
      fault(
        about,
        `${probe} shall watch ${name}, which this machine has not`,
        "correct its <interface name>; ip link lists them",
        EXIT.BAD_CONFIGURATION,
      ),
    ];
  if ((Number(readFileSync(join(folder, "flags"), "utf8")) & IFF_UP) === 0)
    return [fault(about, `${name}, which ${probe} shall watch, is down`, `ip link set ${name} up`, EXIT.TRY_AGAIN)];
  const offloads = library?.offloads(name) ?? [];
  if (offloads.length === 0)
    return [good(about, `${name} of ${probe} is up, and shows packets as they were on the wire`)];
  const switches = offloads.map((offload) => `${offload} off`).join(" ");
  return [
    warning(
      about,
      `${name} of ${probe} joins or splits packets before they are seen (${offloads.join(", ")}): counts and sizes are not the wire's`,
      `ethtool -K ${name} ${switches}`,
    ),
  ];
}
