import { expect, test } from "vitest";
import { readProbeOptions } from "./options.ts";

test("the name stands last, also after a list of files", () => {
  for (const line of [
    "-c a.xml -r one.pcap two.pcap probe1",
    "-c a.xml -r one.pcap two.pcap -- probe1",
    "probe1 -c a.xml -r one.pcap two.pcap --json",
  ]) {
    const { probeName, read, config } = readProbeOptions(line.split(" "));
    expect({ line, probeName, read, config }).toEqual({
      line,
      probeName: "probe1",
      read: ["one.pcap", "two.pcap"],
      config: "a.xml",
    });
  }
});

test("standard input is a file like others", () => {
  expect(readProbeOptions(["-r", "-", "probe1"])).toMatchObject({ read: ["-"], probeName: "probe1" });
});

test("without options the documented defaults hold", () => {
  expect(readProbeOptions(["probe1"])).toEqual({
    probeName: "probe1",
    local: false,
    check: false,
    json: false,
    wait: 60,
  });
});

test("to explain a connection, neither name nor configuration is needed, and all that follows -r are files", () => {
  const read = ["a.pcap", "b.pcap"];
  const given = readProbeOptions("--explain 10.0.0.1:1-10.0.0.2:2 --json -r a.pcap b.pcap".split(" "));
  expect(given).toMatchObject({ explain: "10.0.0.1:1-10.0.0.2:2", read, probeName: "", json: true });
  const named = readProbeOptions("-c a.xml --explain [::1]:1-[::2]:2 -r a.pcap b.pcap -- probe1".split(" "));
  expect(named).toMatchObject({ explain: "[::1]:1-[::2]:2", read, probeName: "probe1", config: "a.xml" });
});

test("bad command lines are refused", () => {
  for (const line of [
    "",
    "-x probe1",
    "probe1 probe2",
    "--wait x probe1",
    "-r a.pcap -n b.xml probe1",
    "--explain a:1-b:2 probe1",
    "-r a.pcap",
  ]) {
    expect(() => readProbeOptions(line.split(" ").filter(Boolean)), line).toThrow(
      expect.objectContaining({ code: "BAD_OPTION", exitCode: 64 }),
    );
  }
});
