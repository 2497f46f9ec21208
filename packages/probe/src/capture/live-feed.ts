import type { ProbeSettings } from "@trafmon/settings";
import type { CapturePlan } from "./capture-stage.ts";
import { CaptureThread, type CaptureThreadOptions } from "./capture-thread.ts";
import { InlineFeed } from "./inline-feed.ts";
import { loadNativeBinding } from "./native-binding.ts";
import type { PacketFeed } from "./packet-feed.ts";
import { PcapPackageCapture } from "./pcap-package-capture.ts";

export type LiveFeedOptions = Pick<CaptureThreadOptions, "onInterfaceChange" | "onOpened" | "onFigures"> & {
  /** Our own binding is not to be had; the `pcap` package takes its place. */
  readonly onFallback?: (reason: Error) => void;
};

/** The probe's interfaces as a feed: in a thread of their own, or without our binding through the `pcap` package. */
export function liveFeed(
  probe: Pick<ProbeSettings, "interfaces" | "ringBytes">,
  plan: CapturePlan,
  options: LiveFeedOptions = {},
): PacketFeed {
  const interfaces = probe.interfaces.map(({ name, filter, snapLengthBytes, bufferBytes, promiscuous }) => ({
    name,
    filter,
    snapLengthBytes,
    bufferBytes,
    promiscuous,
  }));
  try {
    loadNativeBinding();
  } catch (error) {
    options.onFallback?.(error as Error);
    return new InlineFeed(new PcapPackageCapture(interfaces), plan, options.onFigures);
  }
  const { onFallback: _, ...rest } = options;
  return new CaptureThread({ plan, source: { kind: "live", interfaces }, ringBytes: probe.ringBytes, ...rest });
}
