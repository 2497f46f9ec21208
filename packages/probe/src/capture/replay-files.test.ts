import { expect, test } from "vitest";
import { replayFiles } from "./replay-files.ts";

test("a plain file stands for the first interface, a named one for that interface", () => {
  expect(replayFiles(["a.pcap", "eth1=b.pcap", "eth1=c=d.pcap"], ["eth0", "eth1"])).toEqual([
    { path: "a.pcap", interfaceNumber: 0 },
    { path: "b.pcap", interfaceNumber: 1 },
    { path: "c=d.pcap", interfaceNumber: 1 },
  ]);
});

test("what no interface is called belongs to the file's name", () => {
  expect(replayFiles(["day=1.pcap", "=x"], ["eth0"])).toEqual([
    { path: "day=1.pcap", interfaceNumber: 0 },
    { path: "=x", interfaceNumber: 0 },
  ]);
});
