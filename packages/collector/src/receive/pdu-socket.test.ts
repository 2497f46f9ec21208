import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Counters } from "@trafmon/runtime";
import { parseConfiguration } from "@trafmon/settings";
import { expect, test } from "vitest";
import { PduSocket } from "./pdu-socket.ts";

const { collectors } = parseConfiguration(
  `<trafMon site="test">
     <collectors><collector name="c" listen="127.0.0.1:0" security="none"/></collectors>
     <probes><probe name="p" security="none"><interface name="lo"/>
       <sendTo collector="c" address="127.0.0.1:9"/></probe></probes>
     <flowClasses><flowClass name="all" account="yes"><match><any/></match><partition addresses="host"/>
       <ipCounters/></flowClass></flowClasses>
   </trafMon>`,
  "test.xml",
);

test("an answer to a sender without a port is counted as unsent, and those to others go out", async () => {
  const counters = new Counters();
  const socket = new PduSocket(collectors[0]!, counters, () => {});
  const peer = createSocket("udp4");
  peer.bind(0, "127.0.0.1");
  await once(peer, "listening");
  const heard = once(peer, "message");
  await socket.start();
  // RFC 768: a source port of 0 says that no answer is wanted; anybody can put it there.
  socket.send(Buffer.from("a"), { address: "127.0.0.1", port: 0 });
  socket.send(Buffer.from("b"), { address: "127.0.0.1", port: peer.address().port });
  const [datagram] = await heard;
  expect(String(datagram)).toBe("b");
  expect(counters.byReason("datagrams_unsent").total).toBe(1);
  await socket.stop();
  peer.close();
});

test("what was sent before the stop still leaves", async () => {
  const socket = new PduSocket(collectors[0]!, new Counters(), () => {});
  const peer = createSocket("udp4");
  const heard: string[] = [];
  peer.on("message", (datagram) => heard.push(String(datagram)));
  peer.bind(0, "127.0.0.1");
  await once(peer, "listening");
  await socket.start();
  const sent = ["a", "b", "c"];
  for (const each of sent) socket.send(Buffer.from(each), { address: "127.0.0.1", port: peer.address().port });
  await socket.stop();
  while (heard.length < sent.length) await once(peer, "message");
  expect(heard).toEqual(sent);
  peer.close();
});
