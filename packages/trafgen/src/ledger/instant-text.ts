import type { Instant } from "@trafmon/runtime";

/** RFC 3339, UTC, with nanoseconds. */
export function instantText({ s, nanos }: Instant): string {
  return `${new Date(s * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, "0")}Z`;
}

/** The instant so many nanoseconds after another. */
export function instantAfter({ s, nanos }: Instant, afterNs: number): Instant {
  const sum = nanos + afterNs;
  const seconds = Math.floor(sum / 1e9);
  return { s: s + seconds, nanos: sum - seconds * 1e9 };
}
