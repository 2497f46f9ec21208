/** A result set as the mysql shell writes it to a pipe: names of the columns, then rows, parted by tabs; none where it is empty. */
export function resultLines(rows: readonly object[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  return [Object.keys(first), ...rows.map((row) => Object.values(row))].map((words) =>
    words.map((word) => (word === null ? "NULL" : String(word))).join("\t"),
  );
}
