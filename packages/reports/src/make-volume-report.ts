import { askConversationFigures, CONVERSATION_QUESTIONS } from "./ask/conversation-figures.ts";
import { askManagerFigures, MANAGER_QUESTIONS } from "./ask/manager-figures.ts";
import { askOperatorFigures, OPERATOR_QUESTIONS } from "./ask/operator-figures.ts";
import type { Database, VolumeQuestion } from "./ask/volume-question.ts";
import { conversationSections } from "./compose/conversation/report.ts";
import { composeManager } from "./compose/manager/report.ts";
import type { ReportModel } from "./compose/model.ts";
import { operatorSections } from "./compose/operator/report.ts";
import { limitsOf, type VolumeReportOptions, volumeReport } from "./compose/volume-report.ts";

export type VolumeReportKind = "manager" | "operator" | "conversation";

/** How many questions each asks at most. */
export const QUESTIONS: Record<VolumeReportKind, number> = {
  manager: MANAGER_QUESTIONS,
  operator: OPERATOR_QUESTIONS,
  conversation: CONVERSATION_QUESTIONS,
};

export interface MakeOptions extends VolumeReportOptions {
  /** Told before each question. */
  readonly step: (question: string) => void;
}

export interface MadeReport {
  readonly model: ReportModel;
  /** Volume of the period. */
  readonly totalBytes: bigint;
}

/** Asks all that a report wants to know and puts it together. */
export async function makeVolumeReport(
  database: Database,
  question: VolumeQuestion,
  kind: VolumeReportKind,
  options: MakeOptions,
): Promise<MadeReport> {
  const { step } = options;
  const size = limitsOf(options, question.period);
  switch (kind) {
    case "manager": {
      const figures = await askManagerFigures(database, question, step);
      return { model: composeManager(figures, options), totalBytes: sumOf(figures.days) };
    }
    case "operator": {
      const figures = await askOperatorFigures(database, question, size, step);
      const model = volumeReport("Network operation report", figures, options, (limits) =>
        operatorSections(figures, limits),
      );
      return { model, totalBytes: sumOf(figures.days) };
    }
    case "conversation": {
      const figures = await askConversationFigures(database, question, size, step);
      const model = volumeReport("Network conversation report", figures, options, () => conversationSections(figures));
      return { model, totalBytes: sumOf(figures.days) };
    }
  }
}

function sumOf(days: ReadonlyMap<string, { bytes: bigint }>): bigint {
  return [...days.values()].reduce((sum, { bytes }) => sum + bytes, 0n);
}
