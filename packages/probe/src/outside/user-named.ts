import { userNumbers } from "@trafmon/runtime";
import { probeError } from "../errors.ts";

/**
 * Numbers of a user of this machine.
 * @throws {CodedError} PROBE_EVENT_USER_UNKNOWN
 */
export function userNamed(user: string, source: string): { readonly uid: number; readonly gid: number } {
  const numbers = userNumbers(user);
  if (numbers === null)
    throw probeError("PROBE_EVENT_USER_UNKNOWN", `cannot ask the event source ${source}: there is no user ${user}`);
  return numbers;
}
