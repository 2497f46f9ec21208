import { createHash } from "node:crypto";
import type { Configuration } from "./model/configuration.ts";
import type { Services } from "./services.ts";

/**
 * 16 hexadecimal digits that are equal for two files that mean the same, however they are written: of the effective
 * settings in a canonical form, and of the services. `startAt` is left out: it says when, not what.
 */
export function configurationHash(configuration: Omit<Configuration, "hash">, services: Services): string {
  const { startAt: _, ...settings } = configuration;
  const text = JSON.stringify(canonical({ ...settings, services: services.hash }));
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function canonical(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]));
}
