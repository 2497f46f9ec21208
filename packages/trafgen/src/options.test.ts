import { expect, test } from "vitest";
import { readTrafgenOptions } from "./options.ts";

test("what the usage text says, and what is absent", () => {
  expect(readTrafgenOptions(["worst-case"])).toMatchObject({
    tgenName: "worst-case",
    local: false,
    sockets: false,
    allowBroadcast: false,
    maxPacketRate: 10_000,
    maxBitRate: 100_000_000,
    check: false,
    dryRun: false,
  });
  expect(readTrafgenOptions(["-l", "-c", "x.xml", "-w", "a.pcap", "-D", "ledger", "name"])).toMatchObject({
    local: true,
    config: "x.xml",
    write: "a.pcap",
    directory: "ledger",
  });
  const live = ["-i", "eth1", "--source-mac", "02:00:00:00:00:0a", "--destination-mac", "02-00-00-00-00-0b"];
  const rates = ["--max-packet-rate", "200k", "--max-bit-rate", "1Gbit", "--allow-broadcast"];
  expect(readTrafgenOptions([...live, ...rates, "name"])).toMatchObject({
    interface: "eth1",
    sourceMac: Uint8Array.of(2, 0, 0, 0, 0, 10),
    destinationMac: Uint8Array.of(2, 0, 0, 0, 0, 11),
    maxPacketRate: 200_000,
    maxBitRate: 1e9,
    allowBroadcast: true,
  });
});

test.each([
  [[], "missing required argument"],
  [["a", "b"], "too many arguments"],
  [["../etc/passwd"], "is no name"],
  [["-w", "a.pcap", "-i", "eth0", "a"], "exclude each other"],
  [["-s", "-i", "eth0", "a"], "exclude each other"],
  [["--max-packet-rate", "0", "a"], "number of packets per second"],
  [["--max-packet-rate", "1G", "a"], "number of packets per second"],
  [["--max-bit-rate", "fast", "a"], "It must be"],
  [["--destination-mac", "02:00:00:00:00", "a"], "an Ethernet address"],
  [["--sideways", "a"], "unknown option"],
])("%j is refused: %s", (args, why) => {
  expect(() => readTrafgenOptions(args)).toThrow(
    expect.objectContaining({ code: "BAD_OPTION", message: expect.stringContaining(why) }),
  );
});
