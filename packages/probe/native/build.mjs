// Builds native/build/capture.node from the C files here, over libpcap.
import { compileAddon } from "../../../scripts/compile-addon.mjs";

compileAddon({
  folder: import.meta.dirname,
  name: "capture",
  libraries: ["-lpcap"],
  code: "PROBE_CAPTURE_UNAVAILABLE",
  hint: "On Debian: apt-get install gcc libc6-dev libpcap-dev. Capture files are read without it.",
  explain: (words) =>
    /pcap\/pcap\.h: No such file|cannot find -lpcap/.test(words) ? "cannot find libpcap's headers or library" : null,
});
