import { readFileSync } from "node:fs";

/**
 * Datagrams that the kernel had no room for in UDP sockets of this port, as /proc/net/udp and udp6 count them since the
 * sockets were opened; null where there is no such file. Nothing is lost by it: probes send again.
 */
export function socketDrops(port: number): number | null {
  let drops: number | null = null;
  for (const path of ["/proc/net/udp", "/proc/net/udp6"]) {
    try {
      drops = (drops ?? 0) + dropsIn(readFileSync(path, "utf8"), port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return drops;
}

/** Lines as `  12: 0100007F:1DB1 00000000:0000 07 ... drops`, the port in hexadecimal. */
export function dropsIn(table: string, port: number): number {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  let drops = 0;
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.split(":")[1] === wanted) drops += Number(fields.at(-1));
  }
  return drops;
}
