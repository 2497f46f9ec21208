/** Reads the capture on standard input in a capture thread and prints how many packets it held. */
import { CaptureThread } from "../capture/capture-thread.ts";
import { HeardRecords } from "./heard-records.ts";

const heard = new HeardRecords();
const thread = new CaptureThread({
  plan: {
    probe: "probe",
    interfaces: ["eth0"],
    classes: [{ header: "outer", match: { kind: "any" } }],
    payload: [[]],
    followsTcp: false,
    copies: null,
    statisticsIntervalS: 60,
  },
  source: { kind: "files", files: [{ path: "-", interfaceNumber: 0 }] },
  ringBytes: 1,
});
await thread.run(heard.consume);
process.stdout.write(`${heard.packets.length}\n`);
