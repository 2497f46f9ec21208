import type { InterfaceSettings } from "@trafmon/settings";

/** Where copies of frames are looked for. */
export interface CopyPlan {
  /** How far apart copies can be, at most a second. */
  readonly windowNs: number;
  /** By interface: number of its tap group; -1: not looked for on this interface. */
  readonly tapGroupOf: readonly number[];
}

/** Where and how far apart copies of frames are looked for; null: on no interface. */
export function copyPlan(
  interfaces: readonly Pick<InterfaceSettings, "tapGroup" | "detectsDuplicates">[],
  windowMs: number,
): CopyPlan | null {
  if (interfaces.every(({ detectsDuplicates }) => !detectsDuplicates)) return null;
  const tapGroups = [...new Set(interfaces.map(({ tapGroup }) => tapGroup))];
  const tapGroupOf = interfaces.map((each) => (each.detectsDuplicates ? tapGroups.indexOf(each.tapGroup) : -1));
  return { windowNs: windowMs * 1e6, tapGroupOf };
}
