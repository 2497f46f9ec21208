import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { type AlertSettings, alertMetrics } from "@trafmon/settings";
import type { AlertProgress } from "./alert-state.ts";
import type { AlertSubject } from "./alert-subject.ts";

/** An alert that is raised, or on its way to be. */
export interface RememberedAlert extends AlertProgress {
  readonly subject: AlertSubject;
  /** As it was judged last: nobody else may know it any more. */
  readonly alert: AlertSettings;
  readonly value: number;
}

/**
 * Alerts that are raised or on their way, kept in a file: a collector that is started again neither raises them a second
 * time nor forgets to clear them.
 */
export class AlertMemory {
  readonly #path: string;
  readonly #onTrouble: (error: Error) => void;
  #text = "";

  constructor(path: string, onTrouble: (error: Error) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
  }

  /** Where the file is missing or spoilt, nothing is remembered. */
  read(): readonly RememberedAlert[] {
    try {
      this.#text = readFileSync(this.#path, "utf8");
      const alerts: unknown = JSON.parse(this.#text);
      return Array.isArray(alerts) ? alerts.filter(isRemembered) : [];
    } catch {
      return [];
    }
  }

  write(alerts: readonly RememberedAlert[]): void {
    const text = JSON.stringify(alerts, null, 2);
    if (text === this.#text) return;
    try {
      writeFileSync(`${this.#path}.new`, text, { mode: 0o640 });
      renameSync(`${this.#path}.new`, this.#path);
      this.#text = text;
    } catch (error) {
      this.#onTrouble(error as Error);
    }
  }
}

function isRemembered(given: unknown): given is RememberedAlert {
  const { subject, alert, value, isRaised } = (given ?? {}) as Partial<RememberedAlert>;
  return (
    typeof isRaised === "boolean" &&
    typeof value === "number" &&
    typeof subject?.scope === "string" &&
    typeof alert?.name === "string" &&
    Object.hasOwn(alertMetrics, alert.metric)
  );
}
