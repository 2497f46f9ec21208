#!/usr/bin/env node
// npm run demo:sql -- 'QUERY': asks the database of the last demo and prints tab-separated rows.
import { hasDatabase, startDatabase } from "./demo/demo-folder.mjs";
import { print } from "./demo/demo-query.mjs";

const query = process.argv.slice(2).join(" ");
if (query === "") {
  console.error("demo:sql: no query\n  npm run demo:sql -- 'SELECT COUNT(*) FROM ipcttable'");
  process.exit(64);
}
if (!hasDatabase()) {
  console.error("demo:sql: there is no database yet\n  npm run demo makes one.");
  process.exit(69);
}
const { socket } = await startDatabase();
process.exit(print(socket, query));
