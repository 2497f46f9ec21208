import { ethernetIp, ipv4, LENGTH, TCP_ACK, TCP_SYN, tcp } from "@trafmon/packet";
import { expect, test } from "vitest";
import { Analysis } from "../../analysis/analysis.ts";
import { InlineFeed } from "../../capture/inline-feed.ts";
import type { PayloadWish } from "../../capture/payload-plan.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../../testing/analysis-settings.ts";
import { KeptObservations } from "../../testing/kept-observations.ts";
import { MadeFrames } from "../../testing/made-frames.ts";
import { followsTcp, payloadWishes } from "../catalogue.ts";

const CLIENT = Uint8Array.of(10, 0, 0, 1);
const SERVER = Uint8Array.of(192, 0, 2, 1);
/** Segments behind the handshake, of each connection. */
const BULK = 200;
const CONNECTIONS = 5;

/** Connections one after the other on the same ports, each with a handshake of long hellos and much behind it. */
function frames(): Uint8Array[] {
  const made: Uint8Array[] = [];
  for (let connection = 0; connection < CONNECTIONS; connection++) {
    const next = { client: connection * 1_000_000, server: -connection * 7_000_000 };
    const send = (from: "client" | "server", flags: number, payload: Uint8Array = new Uint8Array(0)) => {
      const [source, destination] = from === "client" ? [CLIENT, SERVER] : [SERVER, CLIENT];
      const ports = { sourcePort: from === "client" ? 40_000 : 443, destinationPort: from === "client" ? 443 : 40_000 };
      const acknowledgement = next[from === "client" ? "server" : "client"] >>> 0;
      const segment = tcp({ ...ports, sequence: next[from] >>> 0, acknowledgement, flags, payload });
      made.push(ethernetIp(ipv4(source!, destination!, segment, { identification: made.length })));
      next[from] += payload.length + (flags & TCP_SYN ? 1 : 0);
    };
    const say = (from: "client" | "server", bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += 1400) send(from, TCP_ACK, bytes.subarray(at, at + 1400));
    };
    send("client", TCP_SYN);
    send("server", TCP_SYN | TCP_ACK);
    // What a second hello asks for: as much before the ServerHello as there can be.
    say("client", hello(1, 16_000));
    say("server", hello(2, 16_000));
    for (let segment = 0; segment < BULK; segment++) send("server", TCP_ACK, new Uint8Array(1400).fill(segment));
  }
  return made;
}

/** A handshake message of this type, in a record of its own. */
function hello(type: number, bytes: number): Uint8Array {
  const [high, low] = [bytes >> 8, bytes & 0xff];
  const [recordHigh, recordLow] = [(bytes + 4) >> 8, (bytes + 4) & 0xff];
  return Buffer.concat([
    Uint8Array.of(22, 3, 1, recordHigh, recordLow, type, 0, high, low, 3, 3),
    new Uint8Array(bytes - 2),
  ]);
}

async function analysed(wishes: readonly PayloadWish[]): Promise<{ kept: KeptObservations; words: number }> {
  const kept = new KeptObservations();
  const settings = analysisSettings(CLASSES);
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const all = frames();
  const feed = new InlineFeed(
    new MadeFrames(
      all.length,
      (n) => all[n]!,
      async () => {},
    ),
    {
      probe: settings.probe.name,
      interfaces: settings.interfaces.map(({ name }) => name),
      classes: CLASSES,
      payload: [wishes],
      followsTcp: followsTcp(CLASSES),
      copies: null,
      statisticsIntervalS: 60,
    },
  );
  let words = 0;
  await feed.run((batch, from, until) => {
    for (let at = from; at < until; at += batch[at + LENGTH]!) words += batch[at + LENGTH]!;
    analysis.consume(batch, from, until);
  });
  analysis.finish();
  return { kept, words };
}

const CLASSES = [flowClass({ measure: ALL_MEASUREMENTS })];

test("nothing that is measured of TLS depends on what follows the handshakes, and so it is not copied", async () => {
  const wishes = payloadWishes(ALL_MEASUREMENTS);
  const [some, all] = [await analysed(wishes), await analysed(wishes.map(({ withinBytes: _, ...wish }) => wish))];
  expect(some.kept.all).toEqual(all.kept.all);
  const tls = some.kept.of("trans").filter(({ protocol }) => protocol === "tls");
  expect(tls.map(({ outcome }) => outcome)).toEqual(Array(CONNECTIONS).fill("replied"));
  expect(all.words - some.words).toBeGreaterThan((CONNECTIONS * (BULK - 40) * 1400) / 4);
});
