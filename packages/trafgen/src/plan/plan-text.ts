import type { Scenario } from "../scenario/scenario.ts";
import { amountText, bytesText, durationText, rateText } from "./amount-text.ts";
import { addressesText } from "./destinations.ts";
import type { Foresight } from "./foresight.ts";

/** What is about to be done, for people to read before it is done. */
export function planText(scenario: Scenario, foresight: Foresight, target: string): string {
  const { isWhole, packets, ipBytes, durationNs, peakPacketsPerS, peakBitsPerS } = foresight;
  const cycles = scenario.cycles === null ? "for ever" : `${scenario.cycles} cycle${scenario.cycles === 1 ? "" : "s"}`;
  const number = scenario.traffic.length;
  const kinds = number === 1 ? "1 kind of traffic" : `${number} kinds of traffic`;
  const lines = [`${scenario.title}: ${kinds}, ${cycles}, seed ${scenario.seed}`];
  lines.push(`  to ${target}`);
  scenario.traffic.forEach((traffic, i) => {
    const { packets: count, ipBytes: bytes, firstNs, lastNs } = foresight.streams[i]!;
    const when = count === 0 ? "" : `, ${durationText(firstNs)} to ${durationText(lastNs)}`;
    lines.push(
      `  ${traffic.number} ${traffic.kind} ${traffic.name}: ${amountText(count)} packets, ${bytesText(bytes)}${when}`,
    );
    const arrow = traffic.kind === "stream" ? "to" : "with";
    lines.push(`      from ${addressesText(traffic.from)} ${arrow} ${addressesText(traffic.to)}`);
  });
  const about = isWhole ? "in all" : scenario.cycles === null ? "in the first cycle" : "in the part worked out";
  lines.push(
    `  ${amountText(packets)} packets, ${bytesText(ipBytes)} of IP in ${durationText(durationNs)} ${about}; at most ${amountText(peakPacketsPerS)} packets/s and ${rateText(peakBitsPerS)} in any second`,
  );
  return `${lines.join("\n")}\n`;
}
