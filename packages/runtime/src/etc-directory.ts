import { existsSync } from "node:fs";

/** Where an installation keeps its configuration. */
export const ETC_DIRECTORY = "/etc/trafMon";

/** The original's documentation names both. */
const OLD_ETC_DIRECTORY = "/etc/tmon";

/**
 * The folder of the installed configuration: /etc/trafMon, or /etc/tmon, with a warning, when only that exists.
 */
export function etcDirectory(warn: (message: string) => void, exists: (path: string) => boolean = existsSync): string {
  if (exists(ETC_DIRECTORY) || !exists(OLD_ETC_DIRECTORY)) return ETC_DIRECTORY;
  warn(`reading ${OLD_ETC_DIRECTORY}, because ${ETC_DIRECTORY} does not exist: please rename it`);
  return OLD_ETC_DIRECTORY;
}
