// Writes the logs that scripts/bench/loader.mjs loads: FOLDER FLOWS MINUTES START_S. Prints the lines.
import { writeBenchLogs } from "./bench-logs.ts";

const [folder, flows, minutes, startS] = process.argv.slice(2);
console.log(writeBenchLogs(folder!, { flows: Number(flows), minutes: Number(minutes), startS: Number(startS) }));
