import { fileURLToPath } from "node:url";
import { documentTypeText, manualText } from "@trafmon/settings/schema";
import { rootElement } from "../schema/root-element.ts";
import { DOCUMENT_TYPE_ABOUT, MANUAL_HEADING } from "./scenario-headings.ts";

/** Files in the repository that are written from the schema. A test compares them with a fresh production. */
export const producedFiles: readonly { readonly path: string; text(): string }[] = [
  { path: inRepository("etc/xml/trafgen.dtd"), text: () => documentTypeText(rootElement, DOCUMENT_TYPE_ABOUT) },
  { path: inRepository("docs/scenarios.md"), text: () => manualText(rootElement, MANUAL_HEADING) },
];

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../../../../${path}`, import.meta.url));
}
