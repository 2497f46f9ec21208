import { expect, test } from "vitest";
import { Mutator, randomOf } from "./mutator.mjs";
import { targetFiles } from "./targets.mjs";

interface FuzzTarget {
  readonly name: string;
  readonly tokens?: readonly Uint8Array[];
  seeds(): Iterable<Uint8Array>;
  run(input: Uint8Array): void | Promise<void>;
}

const INPUTS = 150;

// Guided by coverage this goes deeper: npm run fuzz. Here it is to show that every target works, and holds for a while.
test.each(targetFiles())("$name stands changed inputs", async ({ name, url }) => {
  const { target } = (await import(/* @vite-ignore */ url)) as { target: FuzzTarget };
  expect(target.name).toBe(name);
  const seeds = [...target.seeds()];
  expect(seeds.length).toBeGreaterThan(0);
  const random = randomOf(1);
  const mutator = new Mutator(random, target.tokens ?? [], 16_384);
  for (const seed of seeds.slice(0, INPUTS)) await target.run(seed);
  for (let count = 0; count < INPUTS; count++) {
    const [one, other] = [seeds[random(seeds.length)]!, seeds[random(seeds.length)]!];
    await target.run(mutator.mutate(one, other));
  }
});
