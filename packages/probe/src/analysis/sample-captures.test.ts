import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FileCapture } from "../capture/file-capture.ts";
import { InlineFeed } from "../capture/inline-feed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../testing/analysis-settings.ts";
import { KeptObservations } from "../testing/kept-observations.ts";
import { Analysis } from "./analysis.ts";

/** What kernels, servers and clients said when the sample captures were made (samples/TRUTH.md). */
interface Scene {
  readonly name: string;
  readonly began: string;
  readonly ended: string;
  readonly captures: readonly { readonly file: string; readonly tap: string }[];
  readonly counters: Readonly<Record<string, number>>;
  readonly actions: readonly Readonly<Record<string, string | number>>[];
}

const SAMPLES = join(import.meta.dirname, "../../../../samples");
const scenes: readonly Scene[] = JSON.parse(readFileSync(join(SAMPLES, "truth.json"), "utf8")).scenes;

/** Replays what a tap saw of all scenes, hours apart, through one probe. */
async function analyse(tap: string): Promise<KeptObservations> {
  const files = scenes.flatMap(({ captures }) => captures.filter((each) => each.tap === tap));
  const kept = new KeptObservations();
  const classes = [flowClass({ measure: ALL_MEASUREMENTS })];
  const settings = analysisSettings(classes);
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const sources = files.map(({ file }) => ({ path: join(SAMPLES, file), interfaceNumber: 0 }));
  const feed = new InlineFeed(new FileCapture(sources), {
    probe: "north",
    interfaces: settings.interfaces.map(({ name }) => name),
    classes,
    payload: [[]],
    followsTcp: false,
    copies: null,
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  return kept;
}

const office = await analyse("office");
const centre = await analyse("centre");

function connectionsDuring(kept: KeptObservations, scene: Scene) {
  const [from, until] = [Date.parse(scene.began) / 1000, Date.parse(scene.ended) / 1000];
  return kept.of("tcpcx").filter(({ started_s }) => started_s >= from && started_s <= until);
}

/** Segments sent again by the clients (forward) or the servers (reverse) of a scene. */
function sentAgain(kept: KeptObservations, scene: Scene, side: "fwd" | "rev"): number {
  return connectionsDuring(kept, scene).reduce((sum, each) => sum + each[`${side}_retransmitted_segments`], 0);
}

/** A tap sees a packet before netem can drop, double or delay it only on the sender's side of the router. */
const impaired = scenes.filter(({ name }) => name.startsWith("wan-") || name === "slow-reader");

test.each(impaired)("$name: what clients sent again is what their kernel says it sent again", (scene) => {
  expect(sentAgain(office, scene, "fwd")).toBe(scene.counters["office.Tcp.RetransSegs"] ?? 0);
});

test.each(impaired.filter(({ captures }) => captures.length === 2))(
  "$name: what servers sent again is what their kernel says it sent again",
  (scene) => {
    expect(sentAgain(centre, scene, "rev")).toBe(scene.counters["centre.Tcp.RetransSegs"]);
  },
);

test("packets that others overtook are out of order, not lost", () => {
  const scene = scenes.find(({ name }) => name === "wan-reorder")!;
  for (const [kept, side] of [
    [office, "rev"],
    [centre, "fwd"],
  ] as const) {
    const connections = connectionsDuring(kept, scene);
    expect(connections.reduce((sum, each) => sum + each[`${side}_upstream_loss_segments`], 0)).toBe(0);
    expect(connections.reduce((sum, each) => sum + each[`${side}_out_of_order_segments`], 0)).toBeGreaterThan(100);
  }
});

test("behind a line that loses packets, most of what was sent again is known as loss before the tap", () => {
  const scene = scenes.find(({ name }) => name === "wan-loss")!;
  // A segment lost twice, or before any other came, leaves no hole that is filled in time to tell.
  const lost = connectionsDuring(centre, scene).reduce((sum, each) => sum + each.fwd_upstream_loss_segments, 0);
  expect(lost).toBeLessThanOrEqual(scene.counters["office.Tcp.RetransSegs"]!);
  expect(lost).toBeGreaterThanOrEqual(0.9 * scene.counters["office.Tcp.RetransSegs"]!);
});

test.each(scenes)("$name: every connection that a client opened is one record", (scene) => {
  const ports = scene.actions.flatMap(({ what, localPort, newConnections }) =>
    String(what).startsWith("http") && newConnections !== "0" ? [Number(localPort)] : [],
  );
  const records = connectionsDuring(office, scene).filter(({ tail }) => !tail);
  for (const port of ports) {
    expect(records.filter(({ fwd_port, rev_port }) => fwd_port === port && rev_port === 80).length).toBe(1);
  }
  const opened = scene.counters["office.Tcp.ActiveOpens"] ?? 0;
  const accepted = scene.counters["office.Tcp.PassiveOpens"] ?? 0;
  expect(records.length).toBe(opened + accepted);
});
