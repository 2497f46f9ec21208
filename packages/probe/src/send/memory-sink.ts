import { OVERHEAD_BYTES } from "@trafmon/observation";
import { Counters } from "@trafmon/runtime";
import type { OutgoingPdu } from "@trafmon/transport";
import { PduBuilder, type PduBuilderOptions } from "./pdu-builder.ts";

/**
 * A sink that acknowledges from memory: PDUs are built as for a collector, counted and let go. For benchmarks, which
 * so measure everything but the network.
 */
export class MemorySink extends PduBuilder {
  readonly totals: { pdus: number; records: number; datagramBytes: number };
  readonly counters: Counters;

  constructor(options: Omit<PduBuilderOptions, "counters"> & { readonly counters?: Counters }) {
    const totals = { pdus: 0, records: 0, datagramBytes: 0 };
    const counters = options.counters ?? new Counters();
    super(
      { ...options, counters },
      {
        take: (pdu: OutgoingPdu) => {
          totals.pdus++;
          totals.records += pdu.recordCount;
          totals.datagramBytes += pdu.bytes.length + OVERHEAD_BYTES;
        },
      },
    );
    this.totals = totals;
    this.counters = counters;
  }
}
