// Asks the demo's database through the ordinary client.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findProgram } from "../mariadb.mjs";
import { DATABASE } from "./demo-configuration.mjs";

const client = () => findProgram(["mariadb", "mysql"]);
const connect = (socket) => ["--no-defaults", "--user=root", `--socket=${socket}`, "--default-character-set=utf8mb4"];

/** The command that a person can type. */
export function shellCommand(socket) {
  return `${client()} --no-defaults -u root -S ${socket} ${DATABASE}`;
}

/** Rows of text cells, without the names of the columns. */
export function ask(socket, query) {
  const out = runClient(socket, ["--batch", "--skip-column-names", DATABASE], query);
  return out === ""
    ? []
    : out
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t"));
}

/** Runs a file of SQL with DELIMITER lines. */
export function runFile(socket, path) {
  runClient(socket, [], readFileSync(path, "utf8"));
}

/** Tab-separated rows with the names of the columns, as the client prints them. */
export function print(socket, query) {
  const { status } = spawnSync(client(), [...connect(socket), "--batch", DATABASE], {
    input: query,
    stdio: ["pipe", "inherit", "inherit"],
  });
  return status ?? 1;
}

function runClient(socket, args, input) {
  const { status, stdout, stderr, error } = spawnSync(client(), [...connect(socket), ...args], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`cannot ask the database: ${error?.message ?? stderr.trim()}`);
  return stdout;
}
