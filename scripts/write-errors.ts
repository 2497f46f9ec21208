import { writeFileSync } from "node:fs";
import { ERRORS_PATH, errorsText } from "./errors-text.ts";

writeFileSync(ERRORS_PATH, await errorsText());
console.log(`wrote ${ERRORS_PATH}`);
