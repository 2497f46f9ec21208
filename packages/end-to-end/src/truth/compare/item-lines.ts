/** Many items as lines of text, each with how often it is there: for `agreement`. */
export function itemLines<Item>(items: Iterable<Item>, lineOf: (item: Item) => string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const item of items) {
    const line = lineOf(item);
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  return lines;
}

/** Fields of an item as `name=value name=value`; null and a log's \N are left out. */
export function fieldText(item: Readonly<Record<string, string | null>>, names: readonly string[]): string {
  const present = names.filter((name) => (item[name] ?? "\\N") !== "\\N");
  return present.map((name) => `${name}=${item[name]}`).join(" ");
}
