// Builds native/build/notify.node from the C file beside it.
import { compileAddon } from "../../../scripts/compile-addon.mjs";

if (process.platform === "linux") {
  compileAddon({
    folder: import.meta.dirname,
    name: "notify",
    libraries: [],
    code: "RUNTIME_ADDON_UNAVAILABLE",
    hint: "On Debian: apt-get install gcc libc6-dev. Only systemd's notifications need it.",
  });
}
