import type { Faults } from "./fault.ts";

const PROLOG_ITEM = /\s+|<\?(?:[^?]|\?(?!>))*\?>|<!--(?:[^-]|-(?!-))*-->/y;
const PLAIN_DOCUMENT_TYPE =
  /<!DOCTYPE\s+[^\s<>"'[\]]+(?:\s+SYSTEM\s+(?:"[^"]*"|'[^']*')|\s+PUBLIC\s+(?:"[^"]*"|'[^']*')\s+(?:"[^"]*"|'[^']*'))?\s*>/y;

/**
 * Replaces the document type by blanks, lines kept. The DTD is for editors and xmllint; here it is neither fetched nor
 * read. One with declarations of its own could define entities, so it is refused.
 */
export function blankDocumentType(text: string, faults: Faults): string {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (;;) {
    PROLOG_ITEM.lastIndex = at;
    const item = PROLOG_ITEM.exec(text);
    if (item === null) break;
    at = PROLOG_ITEM.lastIndex;
  }
  if (!text.startsWith("<!DOCTYPE", at)) return text;
  PLAIN_DOCUMENT_TYPE.lastIndex = at;
  const found = PLAIN_DOCUMENT_TYPE.exec(text)?.[0];
  if (found === undefined) {
    const line = text.slice(0, at).split("\n").length;
    faults.add(line, "", null, "the document type cannot be read", '<!DOCTYPE trafMon SYSTEM "tmon.dtd">');
    return text;
  }
  return text.slice(0, at) + found.replace(/[^\n]/g, " ") + text.slice(at + found.length);
}
