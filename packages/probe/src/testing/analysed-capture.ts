import type { FlowClassSettings } from "@trafmon/settings";
import { Analysis } from "../analysis/analysis.ts";
import { FileCapture } from "../capture/file-capture.ts";
import { InlineFeed } from "../capture/inline-feed.ts";
import type { ServiceLookup } from "../classify/service-lookup.ts";
import { followsTcp, payloadWishes } from "../measure/catalogue.ts";
import { analysisSettings } from "./analysis-settings.ts";
import { KeptObservations } from "./kept-observations.ts";

/** What a probe with these classes says of a capture file, with the payload that they ask for. */
export async function analysedCapture(
  path: string,
  classes: readonly FlowClassSettings[],
  serviceOf: ServiceLookup = () => null,
): Promise<KeptObservations> {
  const kept = new KeptObservations();
  const settings = analysisSettings(classes);
  const analysis = new Analysis(settings, { sink: kept, serviceOf });
  const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), {
    probe: settings.probe.name,
    interfaces: settings.interfaces.map(({ name }) => name),
    classes,
    payload: classes.map(({ measure }) => payloadWishes(measure)),
    copies: null,
    followsTcp: followsTcp(classes),
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  return kept;
}
