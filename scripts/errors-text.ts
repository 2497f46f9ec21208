import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { errorMeanings } from "./error-meanings.ts";

/** What an error table holds; the same shape as ErrorEntry of packages/runtime. */
interface ErrorEntry {
  readonly hint: string;
  readonly exitCode: number;
}

type ErrorTable = Readonly<Record<string, ErrorEntry>>;

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

export const ERRORS_PATH = fileURLToPath(new URL("../docs/errors.md", import.meta.url));

const HEADING = `# Errors

Every error an operator can act on has a code. The program says on stderr, in two lines, what it could not do and what
to do about it, and ends with an exit code that a scheduler can tell apart:

    tmon_collector: cannot listen on 0.0.0.0:7601 [COLLECTOR_ADDRESS_IN_USE]
      Another process listens there: stop it, or change \`listen\`.

With \`--json\` the same is one JSON line. A code never changes its meaning. This page is written from the tables
\`packages/*/src/errors.ts\` by \`npm run golden\`.

| exit code | meaning |
|---|---|
| 0 | done, or nothing to do |
| 64 | the command line cannot be understood |
| 65 | done, but some of the data was refused |
| 69 | a server that is needed does not answer, or refuses |
| 70 | a fault of the program |
| 74 | reading or writing failed |
| 75 | busy, or not finished in time: try again |
| 77 | no permission |
| 78 | the configuration cannot be used |
`;

/** The text of docs/errors.md. Throws when two packages use one code. */
export async function errorsText(): Promise<string> {
  const sections: string[] = [];
  const owners = new Map<string, string>();
  for (const name of readdirSync(packages).sort()) {
    const path = `${packages}${name}/src/errors.ts`;
    if (!existsSync(path)) continue;
    const entries = tablesOf(await import(pathToFileURL(path).href)).flatMap((table) => Object.entries(table));
    for (const [code] of entries) {
      const owner = owners.get(code);
      if (owner !== undefined) throw new Error(`${code} is in ${owner} and in ${name}`);
      owners.set(code, name);
    }
    const { description } = JSON.parse(readFileSync(`${packages}${name}/package.json`, "utf8")) as {
      description: string;
    };
    const rows = entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { hint, exitCode }]) => {
        const [meaning, impact] = errorMeanings[code] ?? byExitCode(exitCode);
        return `| ${[code, meaning, impact, hint].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} | ${exitCode} |\n`;
      });
    sections.push(
      `\n## ${name}\n\n${description}\n\n| code | meaning | impact | what to do | exit code |\n|---|---|---|---|---|\n${rows.join("")}`,
    );
  }
  return HEADING + sections.join("");
}

const BY_EXIT_CODE: Readonly<Record<number, string>> = {
  64: "The command line cannot be understood.",
  65: "Some of the data was refused.",
  69: "A server, or something else that is needed, is not there.",
  70: "A fault of the program.",
  74: "Reading or writing failed.",
  75: "Busy, or not finished in time.",
  77: "A right is missing.",
  78: "The configuration cannot be used.",
};

/** For codes of the generators and others that have no words of their own. */
function byExitCode(exitCode: number): readonly [string, string] {
  const impact = exitCode === 65 ? "The rest was done." : "Nothing, or no more, was done; no measurement suffers.";
  return [BY_EXIT_CODE[exitCode] ?? "", impact];
}

/** The tables among a module's exports: objects of entries with a hint. */
function tablesOf(exports: Record<string, unknown>): ErrorTable[] {
  return Object.values(exports).filter(
    (value): value is ErrorTable =>
      typeof value === "object" &&
      value !== null &&
      Object.values(value).length > 0 &&
      Object.values(value).every((entry) => typeof (entry as Partial<ErrorEntry> | null)?.hint === "string"),
  );
}
