import { CodedError } from "@trafmon/runtime";
import { askCommonFigures, type CommonFigures } from "./ask/common-figures.ts";
import { askConversationFigures, CONVERSATION_QUESTIONS } from "./ask/conversation-figures.ts";
import { askManagerFigures, MANAGER_QUESTIONS } from "./ask/manager-figures.ts";
import { askObjectiveFigures, OBJECTIVE_QUESTIONS } from "./ask/objectives/objective-figures.ts";
import { askOperatorFigures, OPERATOR_QUESTIONS } from "./ask/operator-figures.ts";
import { askUserQuery, type QueryRow } from "./ask/user-query.ts";
import type { Database, VolumeQuestion } from "./ask/volume-question.ts";
import { periodWords } from "./compose/calendar.ts";
import type { ReportModel, Section } from "./compose/model.ts";
import { type ObjectiveOutcome, objectiveOutcomes } from "./compose/objectives/objective-outcomes.ts";
import { queryTable } from "./compose/query-section.ts";
import { type FigureSet, type FigureSets, makeSection, SECTION_NAMES, setsFor } from "./compose/section-catalogue.ts";
import { limitsOf, type VolumeReportOptions, volumeReport } from "./compose/volume-report.ts";
import { parseDefinition, type ReportDefinition, type SectionDefinition } from "./define/definition.ts";
import { findDefinition, readDefinition } from "./define/find-definition.ts";
import { reportsError } from "./errors.ts";

const QUESTIONS_OF: Record<FigureSet, number> = {
  manager: MANAGER_QUESTIONS,
  operator: OPERATOR_QUESTIONS,
  conversation: CONVERSATION_QUESTIONS,
  objectives: OBJECTIVE_QUESTIONS,
};

/** What is the fault of a definition's own sql: columns, tables, rights. */
const OF_THE_QUERY: ReadonlySet<string> = new Set(["DATABASE_REFUSED", "DATABASE_DENIED", "REPORTS_NO_TABLES"]);

/** How many questions a report asks at most. */
export function questionsOf({ sections }: ReportDefinition): number {
  const sets = [...setsFor(sections.map(({ name }) => name))];
  const queries = sections.filter(({ query }) => query !== null).length;
  return Math.max(
    1,
    sets.reduce((sum, set) => sum + QUESTIONS_OF[set], queries),
  );
}

export interface MakeOptions extends VolumeReportOptions {
  /** Told before each question. */
  readonly step: (question: string) => void;
}

export interface MadeReport {
  readonly model: ReportModel;
  /** Volume of the period. */
  readonly totalBytes: bigint;
  /** null: the report has no section on objectives. */
  readonly objectives: readonly ObjectiveOutcome[] | null;
}

/** A definition by name, from the folders given or as shipped. @throws {CodedError} REPORTS_BAD_DEFINITION */
export function volumeDefinition(name: string, folders: readonly string[] = []): ReportDefinition {
  const { path, text } = findDefinition(name, folders);
  return parseDefinition(text, path, SECTION_NAMES, true);
}

/** A definition in a file of the user's own. @throws {CodedError} REPORTS_NO_DEFINITION, REPORTS_BAD_DEFINITION */
export function ownDefinition(file: string): ReportDefinition {
  const { path, text } = readDefinition(file);
  return parseDefinition(text, path, SECTION_NAMES, true);
}

/** Asks all that a report wants to know and puts it together. */
export async function makeVolumeReport(
  database: Database,
  question: VolumeQuestion,
  definition: ReportDefinition,
  options: MakeOptions,
): Promise<MadeReport> {
  const { step } = options;
  const { period } = question;
  const size = sizeFor(definition, options, period);
  const sets = setsFor(definition.sections.map(({ name }) => name));
  const figures: Partial<FigureSets> = {
    ...(sets.has("manager") ? { manager: await askManagerFigures(database, question, step) } : {}),
    ...(sets.has("operator") ? { operator: await askOperatorFigures(database, question, size, step) } : {}),
    ...(sets.has("conversation") ? { conversation: await askConversationFigures(database, question, size, step) } : {}),
    ...(sets.has("objectives")
      ? { objectives: await askObjectiveFigures(database, period, options.generatedMs, step) }
      : {}),
  };
  const common: CommonFigures =
    figures.operator ?? figures.manager ?? figures.conversation ?? (await askCommonFigures(database, question, step));
  const answers = new Map<SectionDefinition, QueryRow[]>();
  for (const section of definition.sections) {
    if (section.query === null) continue;
    step(section.query.name);
    try {
      answers.set(section, await askUserQuery(database, question, period, section.query.sql, options.top));
    } catch (error) {
      if (!(error instanceof CodedError) || !OF_THE_QUERY.has(error.code)) throw error;
      // The server's own words, without what the program tried.
      const why = error.cause instanceof Error ? error.cause.message : error.message;
      throw reportsError("REPORTS_BAD_QUERY", `cannot ask the query “${section.title}”: ${why}`, error);
    }
  }
  const made = (sections: readonly SectionDefinition[]) =>
    sections.flatMap((section) => sectionsOf(section, figures, answers.get(section), options, period));
  // A promise is not void because nothing was measured.
  const promises = figures.objectives?.promises ?? [];
  const promised = definition.sections.filter(({ name }) => name === "objectives" && promises.length > 0);
  const model = volumeReport(
    definition.title ?? "Network report",
    common,
    options,
    () => made(definition.sections),
    () => made(promised),
  );
  const totalBytes = [...common.days.values()].reduce((sum, { bytes }) => sum + bytes, 0n);
  return {
    model,
    totalBytes,
    objectives: figures.objectives === undefined ? null : objectiveOutcomes(figures.objectives),
  };
}

/** Lists are asked as long as the longest section wants them. */
function sizeFor({ sections }: ReportDefinition, options: MakeOptions, period: VolumeQuestion["period"]) {
  const limits = limitsOf(options, period);
  return { ...limits, top: Math.max(limits.top, ...sections.map(({ top }) => top ?? 0)) };
}

function sectionsOf(
  section: SectionDefinition,
  figures: Partial<FigureSets>,
  rows: QueryRow[] | undefined,
  options: MakeOptions,
  period: VolumeQuestion["period"],
): Section[] {
  const { title, intro, newPage } = section;
  if (section.query !== null) {
    const blocks = [queryTable(periodWords(period), section.query, rows ?? [])];
    return [{ title: title ?? "", blocks, newPage, ...(intro === null ? {} : { intro }) }];
  }
  const limits = limitsOf({ ...options, top: section.top ?? options.top }, period);
  const made = makeSection(section.name, figures, limits);
  if (made === null) return [];
  return [
    {
      ...made,
      id: section.name,
      ...(title === null ? {} : { title }),
      ...(intro === null ? {} : { intro }),
      ...(newPage ? { newPage } : {}),
    },
  ];
}
