import { writeFileSync } from "node:fs";
import { producedFiles } from "./produced-files.ts";

for (const { path, text } of producedFiles) {
  writeFileSync(path, text());
  console.log(`wrote ${path}`);
}
