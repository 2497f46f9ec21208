import type { EventSourceSettings } from "../model/probe-settings.ts";
import { optional, required, withDefault } from "./attribute.ts";
import { element, type ReadElement, valuesOf } from "./element.ts";
import { durationMs, size } from "./number-kinds.ts";
import { choice, name, path, programLine } from "./text-kinds.ts";

export const eventSourceElement = element({
  name: "eventSource",
  meaning:
    "Something outside the traffic to look at every so often: a program that is run, or a file that is read. What it says becomes an event beside the flows (code `outside_event`). It never has the probe's privileges, and in a replay it is not asked.",
  attributes: {
    name: required(name, "Name of the source; the origin of its events."),
    program: optional(
      programLine,
      "Program to run, by its full path, and its arguments, separated by blanks; no shell reads them. Exit codes as of monitoring plugins: 0 makes an event of severity info, 1 and 3 warning, 2 and others error.",
      "None: then `file` is needed.",
    ),
    file: optional(path, "File to read.", "None: then `program` is needed."),
    every: withDefault(durationMs("1s", "1d"), "1min", "How often."),
    timeLimit: withDefault(
      durationMs("100ms", "1h"),
      "10s",
      "What takes longer is ended, with all processes it started, and told as `event_source_overdue`. Less than `every`.",
    ),
    sizeLimit: withDefault(size("1", "8192"), "900", "Bytes of output kept; the event says when there was more."),
    report: withDefault(
      choice("always", "changes"),
      "always",
      "Whether every look makes an event, or only one that differs from the one before.",
    ),
    user: withDefault(
      name,
      "nobody",
      "User it runs as when the probe runs as root. Another probe cannot change user: it then runs as the probe's own, without capabilities.",
    ),
  },
});

export function eventSourceSettings(read: ReadElement): EventSourceSettings {
  const values = valuesOf(read, eventSourceElement);
  return {
    name: values.name,
    program: values.program,
    file: values.file,
    everyMs: values.every,
    timeLimitMs: values.timeLimit,
    sizeLimitBytes: values.sizeLimit,
    onlyChanges: values.report === "changes",
    user: values.user,
  };
}
