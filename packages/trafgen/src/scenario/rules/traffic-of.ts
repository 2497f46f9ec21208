import { childrenOf, descendantsOf, type Faults, type ReadElement } from "@trafmon/settings/schema";
import { hopElement, trafficElement } from "../schema/root-element.ts";

/** The elements that make traffic, in order of the file. */
export function trafficOf(root: ReadElement): readonly ReadElement[] {
  return childrenOf(root, trafficElement).flatMap(({ children }) => children);
}

export function hopsOf(root: ReadElement): readonly ReadElement[] {
  return descendantsOf(root, hopElement);
}

/** Adds a fault at an attribute, or at its element where it was not given. */
export function faultAt(
  read: ReadElement,
  attribute: string,
  faults: Faults,
  problem: string,
  allowed: string | null = null,
): void {
  const { source } = read;
  faults.add(source.attributes.get(attribute)?.line ?? source.line, source.path, attribute, problem, allowed);
}
