// Builds native/build/trafgen.node from the C files beside it.
import { compileAddon } from "../../../scripts/compile-addon.mjs";

if (process.platform === "linux") {
  compileAddon({
    folder: import.meta.dirname,
    name: "trafgen",
    libraries: ["-lpthread"],
    code: "TRAFGEN_ADDON_UNAVAILABLE",
    hint: "On Debian: apt-get install gcc libc6-dev. Capture files are written without it.",
  });
} else {
  process.stdout.write("trafgen's addon is for Linux: elsewhere frames are sent by the npm package pcap\n");
}
