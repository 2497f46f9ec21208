import { askCommonFigures, type CommonFigures } from "./common-figures.ts";
import { askDelays, type ProtocolDelays } from "./delays.ts";
import { askDirections, type HourlyDirections } from "./directions.ts";
import { askEvents, type EventKind } from "./events.ts";
import { askHosts, askPairs, type HostVolume, type ListSize, type PairVolume, type Ranking } from "./rankings.ts";
import { askServiceRoundTrips, type ServiceRoundTrips } from "./service-round-trips.ts";
import { askServices, type ServiceTraffic } from "./services.ts";
import { askTransferDays, askTransferServers, type TransferSums } from "./transfers.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** All that the operator report is made of. */
export interface OperatorFigures extends CommonFigures {
  readonly directions: readonly HourlyDirections[];
  readonly hosts: Ranking<HostVolume>;
  readonly pairs: Ranking<PairVolume>;
  readonly services: readonly ServiceTraffic[];
  readonly servicesBefore: readonly ServiceTraffic[];
  readonly roundTrips: ReadonlyMap<string, ServiceRoundTrips>;
  readonly transferDays: ReadonlyMap<string, TransferSums>;
  readonly transferServers: readonly (readonly [server: string, sums: TransferSums])[];
  readonly delays: readonly ProtocolDelays[];
  readonly events: readonly EventKind[];
}

/** `step` is told before each question, for a progress line. */
export async function askOperatorFigures(
  database: Database,
  question: VolumeQuestion,
  size: ListSize,
  step: (name: string) => void,
): Promise<OperatorFigures> {
  const { period } = question;
  const common = await askCommonFigures(database, question, step);
  const ask = async <T>(name: string, answer: () => Promise<T>): Promise<T> => {
    step(name);
    return await answer();
  };
  return {
    ...common,
    directions: await ask("directions", () => askDirections(database, question, period)),
    hosts: await ask("hosts", () => askHosts(database, question, period, size)),
    pairs: await ask("conversations", () => askPairs(database, question, period, size)),
    services: await ask("services", () => askServices(database, question, period)),
    servicesBefore: await ask("services before", () => askServices(database, question, common.before)),
    roundTrips:
      question.source === "netflow"
        ? new Map()
        : await ask("round trips", () => askServiceRoundTrips(database, question, period)),
    transferDays: await ask("transfers", () => askTransferDays(database, question, period)),
    transferServers: await ask("FTP servers", () => askTransferServers(database, question, period)),
    delays: await ask("delays", () => askDelays(database, question, period)),
    events: await ask("events", () => askEvents(database, period)),
  };
}

/** How many questions `askOperatorFigures` asks at most. */
export const OPERATOR_QUESTIONS = 16;
