import { type AttributeKind, Refused } from "./attribute.ts";

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** RFC 3339 section 5.6. Seconds and nanoseconds since the epoch, UTC. Leap seconds are refused. */
export const instant: AttributeKind<{ readonly s: number; readonly nanos: number }> = {
  allowed: "an instant as RFC 3339 writes it, 1980 to 2105, e.g. 2026-03-01T00:00:00Z or 2026-03-01T00:00:00.5+01:00",
  read: (text) => {
    const parts = RFC_3339.exec(text);
    if (parts === null) return new Refused();
    const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const zone = parts[8] ?? "Z";
    const [zoneHour, zoneMinute] = zone.length === 1 ? [0, 0] : [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
    const midnight = new Date(Date.UTC(year, month - 1, day));
    // Date.UTC carries what is too large over into the next unit: 30 February would be 2 March.
    const isDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day && year >= 1980 && year <= 2105;
    if (!isDay || hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return new Refused();
    const zoneS = (zone.startsWith("-") ? -1 : 1) * (zoneHour * 3600 + zoneMinute * 60);
    return {
      s: midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second - zoneS,
      nanos: Number((parts[7] ?? "").padEnd(9, "0")),
    };
  },
};
