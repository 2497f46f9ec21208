import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analysedCapture } from "../../testing/analysed-capture.ts";
import { ALL_MEASUREMENTS, flowClass } from "../../testing/analysis-settings.ts";
import type { KeptObservations } from "../../testing/kept-observations.ts";
import { tsharkTransfers } from "../../testing/tshark-transfers.ts";

const ROOT = join(import.meta.dirname, "../../../../..");
const SAMPLES = join(ROOT, "samples");
/** Captures of others, not in the repository; without them their tests are skipped. */
const FOLDER = join(ROOT, "../shared/data/pcaps");
const others = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.startsWith("ftp_")) : [];

const everything = [flowClass({ measure: ALL_MEASUREMENTS })];
const ns = (s: number | null, nanos: number | null) =>
  s === null ? null : BigInt(s) * 1_000_000_000n + BigInt(nanos!);

/** Our transfers in the form tshark's have. */
function transfersOf(kept: KeptObservations) {
  return kept
    .of("ftptf")
    .map((each) => ({
      command: each.command,
      path: each.path ?? "",
      commandedNs: ns(each.commanded_s, each.commanded_nanos)!,
      repliedNs: ns(each.replied_s, each.replied_nanos),
      replyCode: each.reply_code,
      connectedNs: ns(each.connected_s, each.connected_nanos),
      firstPayloadNs: ns(each.first_payload_s, each.first_payload_nanos),
      lastPayloadNs: ns(each.last_payload_s, each.last_payload_nanos),
      bytes: each.bytes,
    }))
    .sort((a, b) => Number(a.commandedNs - b.commandedNs));
}

test.each(["ftp-active.office.pcap.gz", "ftp-passive.office.pcap.gz"])(
  "%s: transfers are as tshark sees them",
  async (name) => {
    const path = join(SAMPLES, name);
    const ours = transfersOf(await analysedCapture(path, everything));
    expect(ours.length).toBeGreaterThan(4);
    expect(ours).toEqual(tsharkTransfers(path));
  },
);

test("a class of control connections alone finds the data connections among what no class takes, and nothing counts twice", async () => {
  const control = { kind: "port", side: "either", ranges: [{ from: 21, to: 21 }] } as const;
  const { ftpTransfers, ipCounters } = ALL_MEASUREMENTS;
  for (const name of ["ftp-active.office.pcap.gz", "ftp-passive.office.pcap.gz"]) {
    const path = join(SAMPLES, name);
    const kept = await analysedCapture(path, [flowClass({ match: control, measure: { ipCounters, ftpTransfers } })]);
    expect(transfersOf(kept)).toEqual(tsharkTransfers(path));
    expect(kept.of("ftptf").every(({ data_flow_id }) => data_flow_id === null)).toBe(true);
    const packets = kept.sum("ipct", "fwd_packets") + kept.sum("ipct", "rev_packets");
    expect(packets).toBe(kept.sum("capst", "matched"));
    expect(kept.sum("capst", "matched") + kept.sum("capst", "unmatched")).toBe(kept.sum("capst", "ip_packets"));
    expect(kept.sum("capst", "unmatched")).toBeGreaterThan(packets);
  }
});

describe.skipIf(others.length === 0)("captures of real traffic", () => {
  test.each(others)("%s: transfers are as tshark sees them", async (name) => {
    const path = join(FOLDER, name);
    const ours = transfersOf(await analysedCapture(path, everything));
    expect(ours.length).toBeGreaterThan(0);
    expect(ours).toEqual(tsharkTransfers(path));
  });
});

interface Action {
  readonly what: string;
  readonly from: string;
  readonly file: string;
  readonly mode: string;
  readonly reply: string;
  readonly bytesDown: string;
  readonly bytesUp: string;
  readonly controlPort: string;
}

const scenes: readonly {
  readonly name: string;
  readonly captures: readonly { readonly file: string }[];
  readonly actions: readonly Action[];
}[] = JSON.parse(readFileSync(join(SAMPLES, "truth.json"), "utf8")).scenes;

test.each(scenes.filter(({ name }) => name.startsWith("ftp-")))(
  "$name: what clients and servers logged",
  async (scene) => {
    const kept = await analysedCapture(join(SAMPLES, scene.captures[0]!.file), everything);
    const actions = scene.actions.filter(({ what }) => what.startsWith("ftp "));
    // A client that asks for the size of a missing file first never asks for the file.
    const transfers = actions.filter(({ bytesDown, bytesUp }) => Number(bytesDown) + Number(bytesUp) > 0);
    const logged = transfers.map((action) => ({
      command: action.what.split(" ")[1],
      path: action.file,
      mode: action.mode,
      port: Number(action.controlPort),
      offset: Number(/offset (\d+)/.exec(action.what)?.[1] ?? 0),
      bytes: Number(action.bytesDown) + Number(action.bytesUp),
      code: Number(action.reply),
      user: "alice",
      outcome: "complete",
    }));
    const ours = kept.of("ftptf").map((each) => ({
      command: each.command,
      path: each.path ?? "",
      mode: each.mode,
      port: each.client_port,
      offset: each.restart_offset,
      bytes: each.bytes,
      code: each.reply_code,
      user: each.user,
      outcome: each.outcome,
    }));
    expect(ours.sort((a, b) => a.port - b.port)).toEqual(logged.sort((a, b) => a.port - b.port));
    expect(kept.sum("ftpct", "sessions_opened")).toBe(actions.length);
    const refused = actions.filter(({ reply }) => reply === "530").length;
    expect(kept.sum("ftpct", "logins_refused")).toBe(refused);
    expect(kept.sum("ftpct", "logins_accepted")).toBe(actions.length - refused);
    expect(kept.sum("ftpct", "transfers_started")).toBe(transfers.length);
    expect(kept.sum("ftpct", "transfers_completed")).toBe(transfers.length);
    const bytes = (key: "bytesUp" | "bytesDown") => transfers.reduce((sum, action) => sum + Number(action[key]), 0);
    expect(kept.sum("ftpct", "fwd_bytes")).toBe(bytes("bytesUp"));
    expect(kept.sum("ftpct", "rev_bytes")).toBe(bytes("bytesDown"));
  },
);
