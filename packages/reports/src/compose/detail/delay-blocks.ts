import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { Histogram } from "../../ask/histogram.ts";
import type { Bands, Distribution } from "../model.ts";
import { dailyBands } from "../operator/delays-section.ts";
import { delayDistribution } from "../operator/quality-section.ts";

export type Stretches = ReadonlyMap<string, Histogram>;

/** Median within p5 and p95 over time. */
export function delayBands({ grid }: DetailAsking, name: string, title: string, stretches: Stretches): Bands {
  return dailyBands(name, `${title} per ${grid.each}`, grid, (key) => stretches.get(key));
}

export function delaySpread(
  name: string,
  title: string,
  counted: string,
  stretches: Stretches,
  whyEmpty: string,
): Distribution {
  return delayDistribution(name, title, counted, wholeOf(stretches), whyEmpty);
}

export function wholeOf(stretches: Stretches): Histogram {
  const whole = new Histogram();
  for (const histogram of stretches.values()) whole.addAll(histogram);
  return whole;
}

/** Histograms of long reports are kept by day or month; of short ones by hour. */
export function histogramUnit({ grid }: DetailAsking): "hour" | "day" | "month" {
  return grid.unit === "minute" ? "hour" : grid.unit;
}
