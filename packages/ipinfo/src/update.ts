import { type Connection, serverError } from "@trafmon/database";
import type { Clock, Logger } from "@trafmon/runtime";
import type { AddressRow } from "./find/address-row.ts";
import { pendingAddresses } from "./find/pending-addresses.ts";
import { describe, type Knowledge, withDnsName } from "./resolve/description.ts";
import { NameQueue } from "./resolve/name-queue.ts";
import { type Answer, NO_NAME, type ReverseDnsOptions, reverseDns } from "./resolve/reverse-dns.ts";
import { RowWriter } from "./store/row-writer.ts";

export interface UpdateOptions {
  /** Every address, in place of those not yet resolved. */
  readonly all: boolean;
  /** null: DNS is not asked. */
  readonly dns: ReverseDnsOptions | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told how many addresses have been looked at, and how many names were asked for. */
  readonly onProgress: (step: "described" | "named", done: number, total: number | null) => void;
}

export interface UpdateResult {
  readonly addresses: number;
  /** Rows whose description is another than before. */
  readonly changed: number;
  readonly inKnownRanges: number;
  readonly located: number;
  readonly special: number;
  readonly named: number;
  /** Left for a later run, because DNS was silent or the time was up. */
  readonly leftForDns: number;
}

/** Describes addresses: first all that files know, which is fast, then what DNS says within its time. */
export async function updateAddresses(
  connection: Connection,
  knowledge: Knowledge,
  options: UpdateOptions,
): Promise<UpdateResult> {
  const nowUtc = utcText(options.clock.wallMs());
  const writer = new RowWriter(connection);
  const forDns = new NameQueue();
  const counts = { addresses: 0, inKnownRanges: 0, located: 0, special: 0, named: 0 };
  for await (const batch of batchesOf(connection, options.all, nowUtc)) {
    for (const before of batch) {
      const { description, askDns } = describe(before.address, dnsNameOf(before), knowledge);
      const isResolved = !askDns || description.host_name !== null;
      const times = askDns
        ? { resolvedAt: isResolved ? (before.resolvedAt ?? nowUtc) : null }
        : { resolvedAt: nowUtc, hostNameTriedAt: null, hostNameError: null };
      const row = await writer.put(before, { ...before, ...times, description }, nowUtc);
      counts.addresses++;
      if (description.activity !== null || description.location !== null) counts.inKnownRanges++;
      if (description.country !== null || description.asn !== null) counts.located++;
      if (description.kind !== null) counts.special++;
      if (askDns && options.dns !== null) forDns.add(row);
      else if (description.host_name !== null) counts.named++;
    }
    options.onProgress("described", counts.addresses, null);
  }
  await writer.flush();

  const leftForDns = options.dns === null ? 0 : await askNames(forDns, writer, options.dns, options, counts);
  await writer.flush();
  return { ...counts, changed: writer.changed, leftForDns };
}

/** The name that DNS gave. One of ipInfo.ini is not DNS's, and gone once the line is. */
function dnsNameOf({ description: { host_name, sources } }: AddressRow): string | null {
  return sources?.split(" ").includes("dns") === true ? host_name : null;
}

async function askNames(
  queue: NameQueue,
  writer: RowWriter,
  dns: ReverseDnsOptions,
  options: UpdateOptions,
  counts: { named: number },
): Promise<number> {
  let done = 0;
  const rows = new Map(queue.take().map((row) => [keyOf(row), row]));
  const addresses = [...rows.values()].map((row) => row.address);
  const outcome = await reverseDns(addresses, dns, async (address, answer) => {
    const before = rows.get(keyOf({ address }))!;
    const after = rowAfterDns(before, answer, utcText(options.clock.wallMs()));
    if (after.description.host_name !== null) counts.named++;
    await writer.put(before, after, after.hostNameTriedAt!);
    options.onProgress("named", ++done, addresses.length);
  });
  if (outcome.silent) options.log.warn({ asked: outcome.asked }, "DNS is silent, names are left for a later run");
  else if (outcome.left > 0)
    options.log.warn({ left: outcome.left }, "time for DNS is up, names are left for a later run");
  return outcome.left + queue.left;
}

function rowAfterDns(before: AddressRow, answer: Answer, nowUtc: string): AddressRow {
  if ("name" in answer) {
    const description = withDnsName(before.description, answer.name);
    return { ...before, description, hostNameTriedAt: nowUtc, hostNameError: null, resolvedAt: nowUtc };
  }
  const failed = { ...before, hostNameTriedAt: nowUtc, hostNameError: answer.error };
  // A server in trouble says nothing about the name it gave last time.
  if (answer.error !== NO_NAME) return failed;
  return { ...failed, description: withDnsName(before.description, null), resolvedAt: null };
}

function keyOf({ address }: Pick<AddressRow, "address">): string {
  return `${address.bits} ${address.value}`;
}

async function* batchesOf(connection: Connection, all: boolean, nowUtc: string): AsyncGenerator<AddressRow[]> {
  try {
    yield* pendingAddresses(connection, all, nowUtc);
  } catch (error) {
    throw serverError("read ipInfotable", error);
  }
}

/** `YYYY-MM-DD HH:MM:SS.ffffff`. */
function utcText(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "000");
}
