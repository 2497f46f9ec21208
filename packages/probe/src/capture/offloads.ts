import type { NativeBinding } from "./native-binding.ts";

/** An interface whose frames are not those on the wire. */
export interface OffloadWarning {
  readonly interfaceName: string;
  /** What is on, by ethtool's names: gro, lro, tso, gso. */
  readonly on: readonly string[];
  /** The command that turns it off. */
  readonly fix: string;
}

/**
 * Interfaces on which the card or the kernel joins received segments to larger frames, or hands frames over before it
 * cuts them into segments: counts of packets, sizes and retransmissions are then not those of the network. `any` stands
 * for all that are up. The loopback has no wire, and is left out.
 */
export function offloadWarnings(
  binding: Pick<NativeBinding, "interfaces" | "offloads">,
  interfaceNames: readonly string[],
): readonly OffloadWarning[] {
  const known = binding.interfaces();
  const names = interfaceNames.flatMap((name) =>
    name === "any" ? known.filter(({ isUp }) => isUp).map((each) => each.name) : [name],
  );
  const loopbacks = new Set(known.filter(({ isLoopback }) => isLoopback).map(({ name }) => name));
  return [...new Set(names)].flatMap((interfaceName) => {
    if (loopbacks.has(interfaceName)) return [];
    const on = binding.offloads(interfaceName);
    if (on.length === 0) return [];
    return [{ interfaceName, on, fix: `ethtool -K ${interfaceName} ${on.map((each) => `${each} off`).join(" ")}` }];
  });
}
