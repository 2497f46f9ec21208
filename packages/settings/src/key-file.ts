import { readFileSync, statSync } from "node:fs";
import { settingsError } from "./errors.ts";

/**
 * The key that a probe shares with its collectors: 32 bytes, written as 64 hexadecimal digits. A file that others may
 * read or write holds no secret, so it is refused.
 * @throws {CodedError} SETTINGS_KEY_UNREADABLE
 */
export function readKeyFile(path: string): Buffer {
  let text: string;
  let mode: number;
  try {
    mode = statSync(path).mode;
    text = readFileSync(path, "latin1").trim();
  } catch (cause) {
    throw settingsError("SETTINGS_KEY_UNREADABLE", `cannot read the key ${path}: ${(cause as Error).message}`, cause);
  }
  if ((mode & 0o077) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, "0");
    throw settingsError("SETTINGS_KEY_UNREADABLE", `cannot use the key ${path}: its mode is ${shown}, not 0600`);
  }
  if (!/^[0-9a-fA-F]{64}$/.test(text)) {
    throw settingsError("SETTINGS_KEY_UNREADABLE", `cannot use the key ${path}: it is not 64 hexadecimal digits`);
  }
  return Buffer.from(text, "hex");
}
