import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCredentials, readCredentials } from "./credentials.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tm-cred-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, mode = 0o600): string {
  const path = join(folder, "db.cred");
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

const MINIMAL = "[database]\nuser = tmon_db\n";

test("what is absent has its default", () => {
  expect(readCredentials(file(MINIMAL), {})).toEqual({
    socket: null,
    host: "localhost",
    port: 3306,
    user: "tmon_db",
    password: "",
    database: "trafMon",
  });
});

test("the shipped example is valid as it stands", () => {
  const example = fileURLToPath(new URL("../../../etc/cred/db.cred.example", import.meta.url));
  expect(parseCredentials(readFileSync(example, "utf8"), example, {})).toMatchObject({
    socket: "/run/mysqld/mysqld.sock",
    user: "tmon_db",
    password: "",
    database: "trafMon",
  });
});

test("a file that others may read is refused, by whatever bit", () => {
  for (const mode of [0o640, 0o604, 0o601, 0o620]) {
    expect(() => readCredentials(file(MINIMAL, mode), {})).toThrow(
      expect.objectContaining({ code: "DATABASE_CREDENTIALS_READABLE", exitCode: 77 }),
    );
  }
  expect(readCredentials(file(MINIMAL, 0o400), {}).user).toBe("tmon_db");
});

test("a missing file says so", () => {
  expect(() => readCredentials(join(folder, "none"), {})).toThrow(
    expect.objectContaining({ code: "DATABASE_CREDENTIALS_MISSING", exitCode: 78 }),
  );
});

test("all faults are told at once, with their lines, and never the password", () => {
  const text = "[database]\nport = 70000\nhots = x\nsecret-without-key\nsocket = relative\ndatabase = a b\n[other]\n";
  expect(() => readCredentials(file(text), {})).toThrow(
    /line 3: hots is not known; line 4 is not "key = value"; line 7: section \[other\] is not known; socket is not .*; port 70000 .*; user is missing; database a b/,
  );
  expect(() => readCredentials(file(text), {})).not.toThrow(/secret/);
});

test("a password holds any character, and comes from one place", () => {
  expect(readCredentials(file(`${MINIMAL}password = a#b;c = d`), {}).password).toBe("a#b;c = d");
  expect(readCredentials(file(`${MINIMAL}passwordEnv = PW`), { PW: "from env" }).password).toBe("from env");
  expect(() => readCredentials(file(`${MINIMAL}passwordEnv = PW`), {})).toThrow(/PW, which is not in the environment/);
  const secret = join(folder, "secret");
  writeFileSync(secret, "from file\n", { mode: 0o600 });
  expect(readCredentials(file(`${MINIMAL}passwordFile = ${secret}`), {}).password).toBe("from file");
  expect(() => readCredentials(file(`${MINIMAL}password = a\npasswordEnv = PW`), { PW: "" })).toThrow(/only one of/);
});
