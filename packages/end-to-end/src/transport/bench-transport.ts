import { ProbeTransport } from "@trafmon/probe";
import { Counters, createLog, systemClock } from "@trafmon/runtime";
import { probeNamed, readConfiguration, readKeyFile } from "@trafmon/settings";

/** The transport of probe `p` of a bench site, started. Its log goes nowhere. */
export async function startTransport(
  xml: string,
  mode: "live" | "replay" = "replay",
): Promise<{ readonly transport: ProbeTransport; readonly counters: Counters }> {
  const configuration = readConfiguration(xml);
  const probe = probeNamed(configuration, "p");
  const counters = new Counters();
  const transport = new ProbeTransport({
    probe,
    configurationHash: configuration.hash,
    sharedKey: readKeyFile(probe.keyFile),
    mode,
    clock: systemClock,
    counters,
    log: createLog({ program: "test", write: () => {} }).log,
  });
  await transport.start();
  return { transport, counters };
}
