import { fileURLToPath } from "node:url";
import { documentTypeText } from "./document-type-text.ts";
import { manualText } from "./manual-text.ts";

/** Files in the repository that are written from the schema. A test compares them with a fresh production. */
export const producedFiles: readonly { readonly path: string; text(): string }[] = [
  { path: inRepository("etc/xml/tmon.dtd"), text: documentTypeText },
  { path: inRepository("docs/configuration.md"), text: manualText },
];

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
}
