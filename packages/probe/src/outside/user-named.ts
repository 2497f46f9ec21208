import { readFileSync } from "node:fs";
import { probeError } from "../errors.ts";

/**
 * Numbers of a user of this machine.
 * @throws {CodedError} PROBE_EVENT_USER_UNKNOWN
 */
export function userNamed(user: string, source: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined)
    throw probeError("PROBE_EVENT_USER_UNKNOWN", `cannot ask the event source ${source}: there is no user ${user}`);
  return { uid: Number(uid), gid: Number(gid) };
}
