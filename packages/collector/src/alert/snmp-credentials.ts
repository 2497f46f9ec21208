import { readFileSync, statSync } from "node:fs";
import { collectorError } from "../errors.ts";

/** How a manager is spoken to. */
export type SnmpCredentials =
  | { readonly version: "2c"; readonly community: string }
  | {
      readonly version: "3";
      readonly user: string;
      /** null: nothing is authenticated, and nothing encrypted. */
      readonly auth: { readonly protocol: SnmpAuth; readonly password: string } | null;
      readonly priv: { readonly protocol: SnmpPriv; readonly password: string } | null;
    };

const AUTHS = ["md5", "sha", "sha224", "sha256", "sha384", "sha512"] as const;
const PRIVS = ["des", "aes", "aes256b", "aes256r"] as const;
export type SnmpAuth = (typeof AUTHS)[number];
export type SnmpPriv = (typeof PRIVS)[number];

/** RFC 3414 section 11.2: shorter ones are too easily guessed; managers refuse them. */
const LEAST_PASSWORD = 8;

/**
 * Reads a credentials file: lines `name = value`, `#` begins a comment. `community` for version 2c; `user`, and if
 * wanted `auth` and `priv` with a protocol and a password each, for version 3.
 * @throws {CodedError} COLLECTOR_SNMP_CREDENTIALS_UNUSABLE
 */
export function readSnmpCredentials(path: string, version: "2c" | "3"): SnmpCredentials {
  const refuse = (why: string, cause?: unknown) =>
    collectorError("COLLECTOR_SNMP_CREDENTIALS_UNUSABLE", `cannot use ${path}: ${why}`, cause);
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw refuse("others than its owner may read it");
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw refuse((error as Error).message, error);
  }
  const entries = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const parts = /^\s*(community|user|auth|priv)\s*=\s*(\S.*?)\s*$/.exec(line);
    // The line itself may be a secret.
    if (parts === null) throw refuse(`line ${index + 1} is no community, user, auth or priv`);
    entries.set(parts[1] as string, parts[2] as string);
  }
  if (version === "2c") {
    const community = entries.get("community");
    if (community === undefined) throw refuse("it has no community");
    return { version, community };
  }
  const user = entries.get("user");
  if (user === undefined) throw refuse("it has no user");
  const [auth, priv] = [secret("auth", AUTHS), secret("priv", PRIVS)];
  if (priv !== null && auth === null) throw refuse("it has priv without auth, which version 3 does not know");
  return { version, user, auth, priv };

  function secret<const P extends string>(name: string, protocols: readonly P[]) {
    const value = entries.get(name);
    if (value === undefined) return null;
    const [protocol = "", ...words] = value.split(/\s+/);
    const password = words.join(" ");
    const known = protocols.find((each) => each === protocol.toLowerCase());
    if (known === undefined || password.length < LEAST_PASSWORD)
      throw refuse(`${name} takes one of ${protocols.join(" ")} and a password of ${LEAST_PASSWORD} letters or more`);
    return { protocol: known, password };
  }
}
