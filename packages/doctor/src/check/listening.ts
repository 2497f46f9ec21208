import { createSocket } from "node:dgram";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { EXIT } from "@trafmon/runtime";
import type { CollectorSettings } from "@trafmon/settings";
import { type Finding, fault, good, warning } from "../finding.ts";

/** Whether the collector listens; if it does not run, whether it could. */
export async function checkListening({
  name,
  listenAddress: address,
  listenPort: port,
}: CollectorSettings): Promise<Finding> {
  const [about, place] = ["collector", `${address}:${port}`];
  const trouble = await bindTrouble(address, port);
  const isRunning = runs("tmon_collector", name);
  if (trouble === null) {
    return isRunning
      ? fault(
          about,
          `${name} runs, but does not listen on ${place}`,
          "see its log; systemctl restart tmon_collector@" + name,
          EXIT.SERVER_UNAVAILABLE,
        )
      : warning(about, `${name} does not run`, `systemctl enable --now tmon_collector@${name}`);
  }
  if (trouble !== "EADDRINUSE")
    return fault(
      about,
      `${name} cannot listen on ${place}: ${trouble}`,
      "name an address of this machine in its listen",
      EXIT.BAD_CONFIGURATION,
    );
  if (isRunning) return good(about, `${name} listens on ${place}`);
  return fault(
    about,
    `another program holds the port ${place} of ${name}`,
    `ss -ulnp 'sport = ${port}' names it: stop it, or change listen`,
    EXIT.TRY_AGAIN,
  );
}

export function checkProbeRuns(name: string): Finding {
  if (runs("tmon_probe", name)) return good("probe", `${name} runs`);
  return warning("probe", `${name} does not run`, `systemctl enable --now tmon_probe@${name}`);
}

function bindTrouble(address: string, port: number): Promise<string | null> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  return new Promise((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}

/** Whether node runs that program under that name. Other users' processes are seen too, but for a hidden /proc. */
function runs(program: string, name: string): boolean {
  return readdirSync("/proc").some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
      return words.length > 2 && basename(words[1] ?? "") === program && words.at(-1) === name;
    } catch {
      return false;
    }
  });
}
