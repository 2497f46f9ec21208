import { expect, test } from "vitest";
import { type Component, runComponents } from "./component.ts";

function part(name: string, said: string[], trouble: { start?: boolean; stop?: boolean } = {}): Component {
  return {
    name,
    start: async () => {
      if (trouble.start) throw new Error(`${name} cannot start`);
      said.push(`start ${name}`);
    },
    stop: async () => {
      said.push(`stop ${name}`);
      if (trouble.stop) throw new Error(`${name} cannot stop`);
    },
  };
}

test("parts start in order and stop in reverse, though one cannot stop", async () => {
  const said: string[] = [];
  const stopping = new AbortController();
  const running = runComponents(
    [part("a", said), part("b", said, { stop: true }), part("c", said)],
    stopping.signal,
    (failed, error) => said.push(`${failed.name}: ${(error as Error).message}`),
  );
  stopping.abort();
  // The abort came while the parts were starting: those that run are stopped, the rest never start.
  await running;
  expect(said).toEqual(["start a", "stop a"]);
  said.length = 0;
  const later = new AbortController();
  setTimeout(() => later.abort(), 5);
  await runComponents([part("a", said), part("b", said, { stop: true })], later.signal, (failed, error) =>
    said.push(`${failed.name}: ${(error as Error).message}`),
  );
  expect(said).toEqual(["start a", "start b", "stop b", "b: b cannot stop", "stop a"]);
});

test("a part that cannot start stops those that run, and is thrown on", async () => {
  const said: string[] = [];
  const parts = [part("a", said), part("b", said, { start: true }), part("c", said)];
  await expect(runComponents(parts, new AbortController().signal, () => {})).rejects.toThrow("b cannot start");
  expect(said).toEqual(["start a", "stop a"]);
});
