import type { Scenario } from "../scenario/scenario.ts";
import type { StreamTally } from "../send/run-tally.ts";
import { amountText } from "./amount-text.ts";

/** What has been done, stream by stream: what was asked for against what went. */
export function reportText(scenario: Scenario, streams: readonly StreamTally[], ledger: string): string {
  const lines = scenario.traffic.flatMap(({ number, kind, name }, i) => {
    // What the system sends for us is not counted in packets.
    if (streams[i]!.due + streams[i]!.withheld + streams[i]!.cancelled === 0) return [];
    const { due, sent, withheld, refused, cancelled, requestedPerS, achievedPerS } = streams[i]!;
    const rest = [
      ...(withheld > 0 ? [`${amountText(withheld)} withheld`] : []),
      ...(refused > 0 ? [`${amountText(refused)} refused`] : []),
      ...(cancelled > 0 ? [`${amountText(cancelled)} not sent`] : []),
    ];
    const rates = requestedPerS === 0 ? "" : `; ${perS(requestedPerS)} requested, ${perS(achievedPerS)} achieved`;
    const extra = rest.length === 0 ? "" : ` (${rest.join(", ")})`;
    return `  ${number} ${kind} ${name}: ${amountText(sent)} of ${amountText(due)} packets${extra}${rates}`;
  });
  return `sent\n${lines.join("\n")}\nledger ${ledger}\n`;
}

function perS(rate: number): string {
  return `${rate >= 1000 ? amountText(rate) : Number(rate.toPrecision(4))} packets/s`;
}
