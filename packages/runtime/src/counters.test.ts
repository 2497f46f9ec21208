import { expect, test } from "vitest";
import { Counters } from "./counters.ts";

test("counters keep their name and their reasons", () => {
  const counters = new Counters();
  counters.counter("frames").value += 5;
  counters.counter("frames").add();
  counters.byReason("undecodable").add("short ip header", 2);
  counters.byReason("undecodable").add("bad version");
  expect(counters.byReason("undecodable").total).toBe(3);
  expect([...counters.snapshot()]).toEqual([
    ["frames", 6],
    ["undecodable{bad version}", 1],
    ["undecodable{short ip header}", 2],
  ]);
});
