import type { Faults } from "./fault.ts";

const PLAIN_DOCUMENT_TYPE =
  /<!DOCTYPE\s+[A-Za-z_][\w.-]*(?:\s+SYSTEM\s+(?:"[^"]*"|'[^']*')|\s+PUBLIC\s+(?:"[\w \n'()+,./:=?;!*#@$%-]*"|'[\w \n()+,./:=?;!*#@$%-]*')\s+(?:"[^"]*"|'[^']*'))?\s*>/y;

/**
 * Replaces the document type by blanks, lines kept. The DTD is for editors and xmllint; here it is neither fetched nor
 * read. One with declarations of its own could define entities, so it is refused.
 */
export function blankDocumentType(text: string, faults: Faults): string {
  const at = endOfProlog(text);
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

/** Where white space, comments and processing instructions at the beginning end. */
function endOfProlog(text: string): number {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (;;) {
    while (/[ \t\n]/.test(text[at] ?? "")) at++;
    const close = text.startsWith("<?", at) ? "?>" : text.startsWith("<!--", at) ? "-->" : null;
    const end = close === null ? -1 : text.indexOf(close, at + 2);
    if (close === null || end < 0) return at;
    at = end + close.length;
  }
}
