import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Writes a copy of a capture whose first packet is at another time. `startS`: seconds since the epoch. */
export function movedCapture(path: string, folder: string, startS: number): string {
  const first = execFileSync("tshark", ["-r", path, "-c", "1", "-T", "fields", "-e", "frame.time_epoch"]);
  const shift = startS - Number(first.toString());
  const moved = join(folder, `moved-${startS}-${path.split("/").at(-1)}.pcap`);
  execFileSync("editcap", ["-F", "pcap", "-t", shift.toFixed(6), path, moved]);
  return moved;
}
