import { expect, test } from "vitest";
import { FakeClock } from "./fake-clock.ts";
import { Progress } from "./progress.ts";

test("a terminal gets one line redrawn at most ten times a second", () => {
  const clock = new FakeClock();
  let text = "";
  const stream = { isTTY: true, columns: 100, write: (part: string) => (text += part) };
  const progress = new Progress({ label: "reading", total: 1000, unit: "packets", clock, stream });
  for (let done = 1; done <= 500; done++) {
    clock.advance(1);
    progress.update(done);
  }
  expect(text.split("\r").length - 1).toBe(5);
  progress.finish(1000);
  expect(text.slice(text.lastIndexOf("\r"))).toBe(
    `\r\u001b[Kreading [${"#".repeat(24)}] 100% 1.0k of 1.0k packets 2.0k/s\n`,
  );
});

test("elsewhere there is a plain line every few seconds and one at the end", () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const progress = new Progress({ label: "loading", total: null, unit: "bytes", clock, stream });
  for (let s = 1; s <= 11; s++) {
    clock.advance(1000);
    progress.update(s * 1024 * 1024);
  }
  progress.finish();
  expect(lines).toEqual([
    "loading: 5.0 MiB 1.0 MiB/s\n",
    "loading: 10.0 MiB 1.0 MiB/s\n",
    "loading: 11.0 MiB 1.0 MiB/s, done in 11.0 s\n",
  ]);
});
