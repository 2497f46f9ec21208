import { trafgenError } from "../errors.ts";
import type { TrafgenOptions } from "../options.ts";
import type { Scenario, Target } from "../scenario/scenario.ts";

/**
 * Where a scenario goes: the command line's word before the scenario's.
 * @throws {CodedError} TRAFGEN_TARGET_MISSING
 */
export function targetOf(options: TrafgenOptions, scenario: Scenario): Target {
  const { write, interface: name, sockets } = options;
  const given = scenario.target;
  if (write !== undefined) return { kind: "captureFile", path: write };
  if (sockets) return { kind: "sockets" };
  const macs = given?.kind === "interface" ? given : { sourceMac: null, destinationMac: null };
  const sourceMac = options.sourceMac ?? macs.sourceMac;
  const destinationMac = options.destinationMac ?? macs.destinationMac;
  if (name !== undefined) return { kind: "interface", name, sourceMac, destinationMac };
  if (given === null) throw trafgenError("TRAFGEN_TARGET_MISSING", "cannot send: nothing says where to");
  return given.kind === "interface" ? { ...given, sourceMac, destinationMac } : given;
}

/** What people read of it. */
export function targetText(target: Target, paths: readonly string[]): string {
  switch (target.kind) {
    case "captureFile":
      return `capture file${paths.length === 1 ? "" : "s"} ${paths.join(" ")}`;
    case "interface":
      return `interface ${target.name}`;
    case "sockets":
      return "servers, through the sockets of this machine";
  }
}
