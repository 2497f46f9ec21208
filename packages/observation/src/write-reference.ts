/** Writes the produced files anew: `node --import tsx --conditions=source packages/observation/src/write-reference.ts`. */
import { writeFileSync } from "node:fs";
import { producedFiles } from "./produced-files.ts";

const packageFolder = new URL("..", import.meta.url);
for (const [path, text] of Object.entries(producedFiles)) writeFileSync(new URL(path, packageFolder), text());
