import type { FrameSink } from "./frame-sink.ts";
import type { InjectionTotals } from "./injection-totals.ts";
import { InterfaceSink, type InterfaceSinkOptions } from "./interface-sink.ts";
import { findNativeBinding } from "./native-binding.ts";
import type { Pacing } from "./pacing-tally.ts";
import { PcapPackageSink } from "./pcap-package-sink.ts";

/** A way out on an interface, with an account of how it went. */
export interface LiveFrameSink extends FrameSink {
  readonly interfaceName: string;
  readonly totals: InjectionTotals;
  readonly pacing: Pacing;
}

/** The addon's sink, or where there is no addon the one of the `pcap` package, which takes no options. */
export function openInterfaceSink(interfaceName: string, options: InterfaceSinkOptions = {}): LiveFrameSink {
  const binding = findNativeBinding();
  return binding === null ? new PcapPackageSink(interfaceName) : new InterfaceSink(binding, interfaceName, options);
}
