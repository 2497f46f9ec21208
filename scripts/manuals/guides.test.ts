import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Connection, connect, createInstance, installTemplate } from "../../packages/database/src/index.ts";
import { readCall } from "../../packages/scheduler/src/call/calls.ts";
import { parseConfiguration } from "../../packages/settings/src/index.ts";
import { databaseServer, freshDatabaseName } from "../../packages/testkit/src/index.ts";
// @ts-expect-error plain scripts, run by node as they are
import { jobs } from "../package/jobs.mjs";
// @ts-expect-error
import { root } from "../package/programs.mjs";

interface Block {
  readonly guide: string;
  readonly text: string;
}

const folder = join(root, "docs/guides");
const guides = readdirSync(folder).filter((name) => name.endsWith(".md"));

function blocks(kind: string): Block[] {
  return guides.flatMap((guide) =>
    [...readFileSync(join(folder, guide), "utf8").matchAll(/^```(\S*)\n(.*?)^```$/gms)]
      .filter((match) => match[1] === kind)
      .map((match) => ({ guide, text: match[2]! })),
  );
}

/** Lines of the sh blocks; a command within `ssh HOST '...'` or after `runuser -u trafmon --` is looked at, too. */
const commands = blocks("sh").flatMap(({ guide, text }) =>
  text
    .trim()
    .split("\n")
    .flatMap((line) => [line, ...(/'(.*)'$/.exec(line)?.[1]?.split("; ") ?? [])])
    .flatMap((line) => line.split(" | "))
    .map((line) => ({
      guide,
      words: line
        .replace(/\$\([^)]*\)/g, "X")
        .replace(/^\w+=\S+ /, "")
        .replace(/^runuser -u trafmon -- /, "")
        .split(/\s+/),
    })),
);

/** Written from the programs' own declarations, as another test sees to. */
const completions = readdirSync(join(root, "docs/completion"));

function flagsOf(program: string): string[] {
  const text = readFileSync(join(root, "docs/completion", program), "utf8");
  return /\$cur == -\*.*compgen -W '([^']*)'/.exec(text)![1]!.split(" ");
}

let connection: Connection;
const [template, database] = [freshDatabaseName("template"), freshDatabaseName("guides")];
beforeAll(async () => {
  const { socket, user } = await databaseServer();
  connection = await connect({ socket, host: "", port: 0, user, password: "", database: "mysql" }, { database: null });
  await installTemplate(connection, template);
  await createInstance(connection, database, template);
  await connection.query(`USE \`${database}\``);
});
afterAll(async () => {
  for (const name of [template, database]) await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
  await connection.end();
});

test("programs of ours in the guides have the options and operands that they are given", () => {
  let looked = 0;
  for (const { guide, words } of commands) {
    const [name, ...rest] = words;
    if (!completions.includes(name!)) {
      expect(name, guide).not.toMatch(/^(tmon_|trafMon_|trafgen|ftpgen)/);
      continue;
    }
    looked += 1;
    for (const word of rest.filter((each) => /^--?[A-Za-z]/.test(each)))
      expect(flagsOf(name!), `${guide}: ${words.join(" ")}`).toContain(word);
    if (name === "trafMon_callProcedure" && rest[0] !== "--from")
      expect(typeof readCall(rest, "trafMon"), words.join(" ")).toBe("object");
  }
  expect(looked).toBeGreaterThan(15);
});

test("units in the guides are those that are installed", () => {
  const units = readdirSync(join(root, "etc/systemd"));
  let looked = 0;
  for (const { guide, words } of commands.filter(({ words: [name] }) => name === "systemctl")) {
    for (const word of words.slice(1).filter((each) => /^(tmon_|trafMon_)/.test(each))) {
      const unit = word.replace(/@[^.]*/, "@");
      expect(units, `${guide}: ${word}`).toContain(/\.(timer|service)$/.test(unit) ? unit : `${unit}.service`);
      looked += 1;
    }
  }
  expect(looked).toBeGreaterThan(8);
  expect(jobs.length).toBeGreaterThan(5);
});

test.each(blocks("sql"))("statements of $guide run as printed", async ({ text }) => {
  for (const statement of text.split(";").filter((each) => each.trim() !== "")) await connection.query(statement);
});

test.each(blocks("xml"))("the configuration of $guide is valid", ({ text, guide }) => {
  expect(() => parseConfiguration(text, guide)).not.toThrow();
});

test("links in the guides lead to files", () => {
  for (const guide of guides) {
    for (const [, link] of readFileSync(join(folder, guide), "utf8").matchAll(/\]\(([^)#]+)\)/g))
      expect(() => readFileSync(join(folder, link!)), `${guide}: ${link}`).not.toThrow();
  }
});
