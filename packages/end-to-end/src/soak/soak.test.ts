import { describe, expect, test } from "vitest";
import { canMakeNamespaces } from "../live/can-make-namespaces.ts";
import { SHORT_SOAK, soak } from "./soak.ts";

describe.skipIf(!canMakeNamespaces())("over bad lines, with probe and collector killed", () => {
  test("every record is in both collectors' logs exactly once, and the packets balance", async () => {
    const { faults, records, runs, captured, received, folder } = await soak(SHORT_SOAK, () => {});
    expect(faults, folder).toEqual([]);
    // The probe that was never killed lost nothing, of what the kernel gave it.
    const { captured: packets, dropped } = captured("a");
    expect(packets + dropped).toBe(received);
    expect(records.c).toBeGreaterThan(1000);
    expect(records.d).toBeGreaterThan(1000);
    expect(runs).toBeGreaterThan(4);
  });
});
