import { type SiteSettings, siteXml } from "../site/site-settings.ts";
import { TAPS, type Tap } from "./network/truth-network.ts";

/** Each scene has probes of its own, so that what is compared is the scene's alone. */
export const probeName = (scene: string, tap: Tap): string => `${scene}-${tap}`;

export const probeNames = (scenes: readonly string[]): string[] =>
  scenes.flatMap((scene) => TAPS.map((tap) => probeName(scene, tap)));

/** The XML of the truth bench: everything is measured, and a second class tells every tuple apart. */
export function truthXml(devices: Readonly<Record<Tap, string>>, settings: SiteSettings): string {
  return siteXml(settings, {
    site: "truth",
    // Those that replay have no tap; their interface is a name only.
    device: (name) => devices[TAPS.find((tap) => name.endsWith(`-${tap}`)) ?? "near"],
    ofAll: [],
    ofTuples: ["<ipCounters/>", "<tcpCounters/>"],
  });
}
