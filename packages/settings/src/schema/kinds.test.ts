import { expect, test } from "vitest";
import { readServices } from "../services.ts";
import { type AttributeKind, Refused } from "./attribute.ts";
import { listenEndpoint, prefix, targetEndpoint } from "./network-kinds.ts";
import { bitRate, delayBounds, durationMs, durationS, interval, size, sliceBounds } from "./number-kinds.ts";

const context = { services: readServices() };
const read = (kind: AttributeKind<unknown>, text: string) => {
  const value = kind.read(text, context);
  return value instanceof Refused ? "refused" : value;
};

test.each<[AttributeKind<unknown>, string, unknown]>([
  [durationMs("0", "1d"), "60", 60_000],
  [durationMs("0", "1d"), "500ms", 500],
  [durationMs("0", "1d"), "0.1", 100],
  [durationMs("0", "1d"), "1.5 min", 90_000],
  [durationMs("0", "1d"), "24h", 86_400_000],
  [durationMs("0", "1d"), "24.1h", "refused"],
  [durationMs("0", "1d"), "0.0001", "refused"],
  [durationMs("0", "1d"), "-1", "refused"],
  [durationMs("0", "1d"), "5 weeks", "refused"],
  [durationMs("0", "1d"), "1e3", "refused"],
  [durationS("0", "1d"), "500ms", 0.5],
  [size("0", "1TiB"), "64MiB", 64 * 1024 * 1024],
  [size("0", "1TiB"), "64MB", 64_000_000],
  [size("0", "1TiB"), "65536", 65536],
  [size("0", "1TiB"), "0.5KiB", 512],
  [size("0", "1TiB"), "64mib", "refused"],
  [size("0", "1TiB"), "99999999999999TiB", "refused"],
  [bitRate("0", "100Gbit"), "10Mbit", 10_000_000],
  [bitRate("0", "100Gbit"), "10Mbit/s", 10_000_000],
  [bitRate("0", "100Gbit"), "2.5Gbit", 2_500_000_000],
  [bitRate("0", "100Gbit"), "10MB", "refused"],
  [interval, "1min", 60],
  [interval, "1h", 3600],
  [interval, "7", "refused"],
  [interval, "90", "refused"],
  [interval, "2h", "refused"],
  [interval, "500ms", "refused"],
  [sliceBounds, "64 128", [64, 128]],
  [sliceBounds, "128 64", "refused"],
  [sliceBounds, "64 64", "refused"],
  [sliceBounds, "0 64", "refused"],
  [delayBounds, "500us 2ms 1.5s", [500_000, 2_000_000, 1_500_000_000]],
  [delayBounds, "2ms 500us", "refused"],
  [delayBounds, "1 2", "refused"],
  [delayBounds, "601s", "refused"],
  [listenEndpoint, "0.0.0.0:0", { address: "0.0.0.0", port: 0 }],
  [listenEndpoint, "[::]:7601", { address: "::", port: 7601 }],
  [listenEndpoint, "localhost:7601", "refused"],
  [listenEndpoint, "[127.0.0.1]:7601", "refused"],
  [listenEndpoint, "::1:7601", "refused"],
  [listenEndpoint, "127.0.0.1", "refused"],
  [listenEndpoint, "127.0.0.1:65536", "refused"],
  [targetEndpoint, "host.example:7601", { address: "host.example", port: 7601 }],
  [targetEndpoint, "300.1.1.1:7601", "refused"],
  [targetEndpoint, "127.0.0.1:0", "refused"],
  [
    prefix,
    "::ffff:192.0.2.1",
    { bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1), bits: 128 },
  ],
  [prefix, "0.0.0.0/0", { bytes: Uint8Array.of(0, 0, 0, 0), bits: 0 }],
  [prefix, "10.0.0.0/", "refused"],
  [prefix, "10.0.0.0/8/8", "refused"],
])("%#: %2$j", (kind, text, value) => {
  expect(read(kind, text)).toEqual(value);
});
