import { amountText, bytesText, durationText, rateText } from "../plan/amount-text.ts";
import { MIX_KINDS, MIX_SCENARIOS, type MixKind, type MixScenario } from "./mix-scenario.ts";
import type { MixTally } from "./mix-tally.ts";

/** The list of scenarios, for the help. */
export function scenariosText(): string {
  return MIX_SCENARIOS.map(({ name, meaning }) => `  ${name.padEnd(11)} ${meaning}`).join("\n");
}

export type MixTargets = Readonly<Partial<Record<MixKind, string>>>;

/** What is about to be done. */
export function mixPlanText(
  scenario: MixScenario,
  targets: MixTargets,
  seed: number,
  durationMs: number | null,
  ledger: string | null,
): string {
  const kinds = MIX_KINDS.filter((kind) => targets[kind] !== undefined && scenario.perS[kind] > 0).map(
    (kind) => `  ${kind.padEnd(5)} ${everyText(scenario.perS[kind])} to ${targets[kind]}\n`,
  );
  const until = durationMs === null ? "until stopped" : `for ${durationText(durationMs * 1e6)}`;
  return (
    `${scenario.name}: ${scenario.meaning}\n${kinds.join("")}` +
    `  at most ${amountText(scenario.mostPerS)} exchanges in any second and ${rateText(scenario.mostBitsPerS)} of payload, ` +
    `${until}, seed ${seed}\n${ledger === null ? "  no ledger is written: see --ledger\n" : `  ledger ${ledger}\n`}`
  );
}

/** `8/s`, `1 in 10 s` */
function everyText(perS: number): string {
  return perS >= 1 ? `${Number(perS.toPrecision(3))}/s` : `1 in ${durationText(1e9 / perS)}`;
}

/** What has been done. */
export function mixReportText(tally: MixTally, elapsedMs: number): string {
  const lines = tally.kinds.map(([kind, { begun, answered, failed, stopped, skipped, bytes, troubles }]) => {
    const rest = [
      ...(stopped > 0 ? [`${amountText(stopped)} stopped`] : []),
      ...(skipped > 0 ? [`${amountText(skipped)} skipped: too many under way`] : []),
    ];
    const reasons = [...troubles]
      .sort(([, a], [, b]) => b - a)
      .map(([reason, times]) => `\n        ${amountText(times)} x ${reason}`);
    const head = `  ${kind.padEnd(5)} ${amountText(begun)} begun: ${amountText(answered)} answered, ${amountText(failed)} failed`;
    return `${[head, ...rest].join(", ")}; ${bytesText(bytes)}${reasons.join("")}\n`;
  });
  return `${amountText(tally.begun)} exchanges in ${durationText(elapsedMs * 1e6)}\n${lines.join("")}`;
}

/** The same for other programs. */
export function mixReportJson(tally: MixTally, elapsedMs: number): Record<string, unknown> {
  const kinds = tally.kinds.map(([kind, { troubles, ...count }]) => [
    kind,
    { ...count, troubles: Object.fromEntries(troubles) },
  ]);
  return { seconds: elapsedMs / 1000, exchanges: tally.begun, kinds: Object.fromEntries(kinds) };
}
