import { Resolver } from "node:dns/promises";
import type { Clock } from "@trafmon/runtime";
import type { Address } from "./address.ts";

export interface ReverseDnsOptions {
  /** Queries under way at once. */
  readonly parallel: number;
  /** For all questions together, milliseconds. */
  readonly overallMs: number;
  /** Until a query is sent again, milliseconds. */
  readonly tryMs: number;
  readonly tries: number;
  readonly clock: Clock;
  /** `address:port` of name servers, in place of the system's. */
  readonly servers?: readonly string[];
  /** What is not answered by then is left. */
  readonly stopping?: AbortSignal;
}

/** A name, or why there is none: `NO_NAME` for good, anything else for now. */
export type Answer = { readonly name: string } | { readonly error: string };

export const NO_NAME = "no name";

/** So many queries without any answer at all, and DNS counts as silent. */
const SILENT_AFTER = 20;

/** What became of all the questions. */
export interface Outcome {
  readonly asked: number;
  /** Not asked, or cut off, for lack of time or because DNS was silent. */
  readonly left: number;
  readonly silent: boolean;
}

/**
 * Asks DNS for the names of addresses, several at once. DNS may be slow, silent or lie: the time for all questions is
 * bounded, and names are taken only in the form of RFC 1123 (and with `_`).
 */
export async function reverseDns(
  addresses: readonly Address[],
  options: ReverseDnsOptions,
  onAnswer: (address: Address, answer: Answer) => void | Promise<void>,
): Promise<Outcome> {
  const resolver = new Resolver({ timeout: options.tryMs, tries: options.tries });
  if (options.servers) resolver.setServers([...options.servers]);
  let next = 0;
  let settled = 0;
  let timeouts = 0;
  let heard = false;
  let stopped = false;
  const stop = () => {
    stopped = true;
    resolver.cancel();
  };
  const callOff = options.clock.after(options.overallMs, stop);
  options.stopping?.addEventListener("abort", stop);
  if (options.stopping?.aborted) stop();
  const work = async () => {
    while (!stopped && next < addresses.length) {
      const address = addresses[next++]!;
      const answer = await ask(resolver, address);
      if (answer === null) continue;
      if ("error" in answer && SILENCE.has(answer.error)) timeouts++;
      else heard = true;
      settled++;
      await onAnswer(address, answer);
      if (!heard && timeouts >= SILENT_AFTER) stop();
    }
  };
  try {
    await Promise.all(Array.from({ length: options.parallel }, work));
  } finally {
    callOff();
    options.stopping?.removeEventListener("abort", stop);
    stop();
  }
  return { asked: settled, left: addresses.length - settled, silent: timeouts > 0 && !heard };
}

/** Errors that come without any answer of a server. */
const SILENCE = new Set(["ETIMEOUT", "ECONNREFUSED"]);

/** null: cut off. */
async function ask(resolver: Resolver, address: Address): Promise<Answer | null> {
  try {
    // Not `reverse`: that tells no difference between a server in trouble and a name that does not exist.
    const names = await resolver.resolvePtr(pointerName(address));
    // Servers give several names in changing order; the first by the alphabet is the same in every run.
    const [name] = names.filter(isHostName).sort();
    return name === undefined ? { error: NO_NAME } : { name };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ECANCELLED") return null;
    return { error: code === "ENOTFOUND" || code === "ENODATA" ? NO_NAME : (code ?? "unknown") };
  }
}

/** The name under which DNS keeps the name of an address (RFC 1035 section 3.5, RFC 3596 section 2.5). */
export function pointerName({ bits, value }: Address): string {
  const [width, base, zone] = bits === 32 ? ([8, 10, "in-addr.arpa"] as const) : ([4, 16, "ip6.arpa"] as const);
  const labels = Array.from({ length: bits / width }, (_, at) =>
    ((value >> BigInt(width * at)) & BigInt(2 ** width - 1)).toString(base),
  );
  return [...labels, zone].join(".");
}

function isHostName(name: string): boolean {
  return (
    name.length <= 253 &&
    /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/.test(name)
  );
}
