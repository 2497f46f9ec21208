/**
 * The machinery that reads tmon.xml, for other XML files of ours: elements and attributes declared once, all faults told
 * at once, the DTD and the manual written from the same declaration.
 */
export { documentTypeText } from "../documentation/document-type-text.ts";
export { everyElement } from "../documentation/every-element.ts";
export { manualText } from "../documentation/manual-text.ts";
export { type Fault, Faults, faultsText } from "../read/fault.ts";
export { readDocument } from "../read/read-document.ts";
export { descendantsOf, type Rule } from "../rules/rule.ts";
export {
  type Attribute,
  type AttributeKind,
  type Attributes,
  optional,
  type ReadingContext,
  Refused,
  required,
  type ValuesOf,
  withDefault,
} from "./attribute.ts";
export {
  childrenOf,
  type ElementSchema,
  element,
  partialValuesOf,
  type ReadElement,
  valuesOf,
} from "./element.ts";
export { instant } from "./instant-kind.ts";
export { dscp } from "./network-kinds.ts";
export { bitRate, durationMs, inUnits, size, TIME_UNITS, type Units, wholeNumber } from "./number-kinds.ts";
export { choice, interfaceName, listOf, name, path, title, yesNo } from "./text-kinds.ts";
