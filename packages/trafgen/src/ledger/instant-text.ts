import type { Instant } from "@trafmon/runtime";

/** RFC 3339, UTC, with nanoseconds. */
export function instantText({ s, nanos }: Instant): string {
  return `${new Date(s * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, "0")}Z`;
}
