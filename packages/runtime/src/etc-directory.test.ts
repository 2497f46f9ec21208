import { expect, test } from "vitest";
import { etcDirectory } from "./etc-directory.ts";

test.each([
  [["/etc/trafMon"], "/etc/trafMon", 0],
  [["/etc/tmon"], "/etc/tmon", 1],
  [["/etc/trafMon", "/etc/tmon"], "/etc/trafMon", 0],
  [[], "/etc/trafMon", 0],
])("of %j it takes %s", (existing: string[], chosen, warnings) => {
  const said: string[] = [];
  expect(
    etcDirectory(
      (text) => said.push(text),
      (path) => existing.includes(path),
    ),
  ).toBe(chosen);
  expect(said).toHaveLength(warnings);
});
