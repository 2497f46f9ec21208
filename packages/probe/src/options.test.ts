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

test("bad command lines are refused", () => {
  for (const line of ["", "-x probe1", "probe1 probe2", "--wait x probe1", "-r a.pcap -n b.xml probe1"]) {
    expect(() => readProbeOptions(line.split(" ").filter(Boolean)), line).toThrow(
      expect.objectContaining({ code: "BAD_OPTION", exitCode: 64 }),
    );
  }
});
