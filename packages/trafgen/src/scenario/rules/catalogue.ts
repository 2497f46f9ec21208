import type { Rule } from "@trafmon/settings/schema";
import { endsFit } from "./ends-fit.ts";
import { namesAreUnique } from "./names-are-unique.ts";
import { requestsMakeSense } from "./requests-make-sense.ts";
import { segmentsFit } from "./segments-fit.ts";
import { startsAreBounded } from "./starts-are-bounded.ts";
import { stepsMakeSense } from "./steps-make-sense.ts";
import { streamsMakeSense } from "./streams-make-sense.ts";
import { targetIsOne } from "./target-is-one.ts";

/** What must hold over a whole scenario. */
export const rules: readonly Rule[] = [
  namesAreUnique,
  targetIsOne,
  endsFit,
  streamsMakeSense,
  segmentsFit,
  startsAreBounded,
  stepsMakeSense,
  requestsMakeSense,
];
