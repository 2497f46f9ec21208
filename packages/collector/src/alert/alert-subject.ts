/** What an alert is about. */
export interface AlertSubject {
  readonly scope: "flowClass" | "probe" | "collector";
  readonly collector: string;
  /** null: it is about the collector itself. */
  readonly probe: string | null;
  /** null: it is about no flow class. */
  readonly flowClass: string | null;
}

/** The subject in words. */
export function subjectText({ scope, collector, probe, flowClass }: AlertSubject): string {
  if (scope === "flowClass") return `class ${flowClass} at probe ${probe}`;
  return scope === "probe" ? `probe ${probe}` : `collector ${collector}`;
}
