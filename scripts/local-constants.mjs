// Makes the constants that compiled modules share constants of each of them: docs/decisions/0020.
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** As tsc writes them, each on a line of its own. */
const IMPORT = /^import \{ ([^}]*?),? \} from ("[^"]+");/gm;
const EXPORT = /^export const ([A-Z][A-Z0-9_]*) = (.*;)$/gm;
/** What is imported or exported under a name in capitals; ours never change. */
const CONSTANT = /^(?:[A-Z][A-Z0-9_]* as )?([A-Z][A-Z0-9_]*)$/;

/** The text of a compiled module whose constants, imported and exported, are its own. Lines stay where they are. */
export function withLocalConstants(text) {
  return text
    .replace(IMPORT, (statement, names, from) => {
      const aliases = [];
      const imported = names.split(", ").map((name) => {
        const local = CONSTANT.exec(name)?.[1];
        if (local === undefined) return name;
        aliases.push(`${local} = ${local}$imported`);
        return `${name.split(" as ")[0]} as ${local}$imported`;
      });
      if (aliases.length === 0) return statement;
      return `import { ${imported.join(", ")} } from ${from}; const ${aliases.join(", ")};`;
    })
    .replace(EXPORT, "const $1 = $2 const $1$$exported = $1; export { $1$$exported as $1 };");
}

/** Rewrites the compiled modules below a folder. */
export function makeConstantsLocal(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith(".js")) continue;
    const file = join(folder, name);
    const text = readFileSync(file, "utf8");
    const rewritten = withLocalConstants(text);
    if (rewritten === text) continue;
    writeFileSync(`${file}.new`, rewritten);
    renameSync(`${file}.new`, file);
  }
}
