import { readFileSync, renameSync, writeFileSync } from "node:fs";

/**
 * Which alerts are raised, kept in a file: a collector that is started again neither raises them a second time nor
 * forgets to clear them.
 */
export class RaisedAlerts {
  readonly #path: string;
  readonly #onTrouble: (error: Error) => void;
  readonly #raised: Set<string>;

  /** Where the file is missing or spoilt, nothing is raised. */
  constructor(path: string, onTrouble: (error: Error) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
    this.#raised = new Set(read(path));
  }

  has(key: string): boolean {
    return this.#raised.has(key);
  }

  set(key: string, isRaised: boolean): void {
    if (isRaised) this.#raised.add(key);
    else this.#raised.delete(key);
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify([...this.#raised], null, 2), { mode: 0o640 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#onTrouble(error as Error);
    }
  }
}

function read(path: string): string[] {
  try {
    const keys: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
