const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for a page, in a tag's quotes or between tags. Names come from strangers: what steers a line shows as a dot. */
export function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\u00b7").replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}
