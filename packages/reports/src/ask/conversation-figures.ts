import { askCommonFigures, type CommonFigures } from "./common-figures.ts";
import { askPairServices, askPairTimes, type PairServices, type PairTimes } from "./pair-details.ts";
import { askPairs, type ListSize, type PairVolume, type Ranking } from "./rankings.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** All that the conversation report is made of. */
export interface ConversationFigures extends CommonFigures {
  readonly pairs: Ranking<PairVolume>;
  /** Of the pairs listed, in their order. */
  readonly times: readonly PairTimes[];
  readonly services: readonly PairServices[];
}

/** `step` is told before each question, for a progress line. */
export async function askConversationFigures(
  database: Database,
  question: VolumeQuestion,
  size: ListSize,
  step: (name: string) => void,
): Promise<ConversationFigures> {
  const { period } = question;
  const common = await askCommonFigures(database, question, step);
  step("conversations");
  const pairs = await askPairs(database, question, period, size);
  step("their volume over time");
  const times = await askPairTimes(database, question, period, pairs.top, common.grid.unit);
  step("their services");
  const services = await askPairServices(database, question, period, pairs.top);
  return { ...common, pairs, times, services };
}

/** How many questions `askConversationFigures` asks. */
export const CONVERSATION_QUESTIONS = 9;
