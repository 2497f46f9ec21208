/**
 * Splits the text of a SQL script into statements, as the mysql client does: at `;`, or at what a line `DELIMITER x`
 * has named, outside quotes and comments. Comments are kept, since a routine's belong to it; what holds nothing but
 * comments is left out.
 */
export function splitScript(text: string): string[] {
  const statements: string[] = [];
  let delimiter = ";";
  let start = 0;
  let hasContent = false;
  let at = 0;
  const finish = (end: number) => {
    if (hasContent) statements.push(text.slice(start, end).trim());
    hasContent = false;
  };
  while (at < text.length) {
    const c = text[at]!;
    if (!hasContent && isLineStart(text, at)) {
      const command = /^[ \t]*DELIMITER[ \t]+(\S+)[ \t]*(?:\r?\n|$)/i.exec(text.slice(at, at + 80));
      if (command !== null) {
        delimiter = command[1]!;
        at += command[0].length;
        start = at;
        continue;
      }
    }
    if (text.startsWith(delimiter, at)) {
      finish(at);
      at += delimiter.length;
      start = at;
    } else if (c === "'" || c === '"' || c === "`") {
      hasContent = true;
      at = endOfQuoted(text, at);
    } else if (c === "#" || (c === "-" && /^--(?:\s|$)/.test(text.slice(at, at + 3)))) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end + 1;
    } else if (c === "/" && text[at + 1] === "*") {
      // `/*!` holds statements for MySQL.
      if (text[at + 2] === "!") hasContent = true;
      const end = text.indexOf("*/", at + 2);
      at = end < 0 ? text.length : end + 2;
    } else {
      if (!/\s/.test(c)) hasContent = true;
      at += 1;
    }
  }
  finish(text.length);
  return statements;
}

function isLineStart(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === "\n";
}

/** Place after the closing quote. A doubled quote and, except in back quotes, a backslash do not close. */
function endOfQuoted(text: string, start: number): number {
  const quote = text[start]!;
  let at = start + 1;
  while (at < text.length) {
    if (text[at] === "\\" && quote !== "`") at += 2;
    else if (text[at] !== quote) at += 1;
    else if (text[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return text.length;
}
