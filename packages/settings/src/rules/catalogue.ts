import { aPortSpeaksOneProtocol } from "./a-port-speaks-one-protocol.ts";
import { alertsMakeSense } from "./alerts-make-sense.ts";
import { atMost32Classes } from "./at-most-32-classes.ts";
import { everyEventSourceCanBeAsked } from "./every-event-source-can-be-asked.ts";
import { everyHopIsWatched } from "./every-hop-is-watched.ts";
import { everyMatchedProbeIsKnown } from "./every-matched-probe-is-known.ts";
import { everySendToFitsItsCollector } from "./every-send-to-fits-its-collector.ts";
import { exactlyOneAccountClass } from "./exactly-one-account-class.ts";
import { forwardingEndsSomewhere } from "./forwarding-ends-somewhere.ts";
import { healthIsToldInOnePlace } from "./health-is-told-in-one-place.ts";
import { namesAreUnique } from "./names-are-unique.ts";
import { objectivesMakeSense } from "./objectives-make-sense.ts";
import { partitionMakesSense } from "./partition-makes-sense.ts";
import { routesPassEveryHop } from "./routes-pass-every-hop.ts";
import type { Rule } from "./rule.ts";
import { signaturesAgree } from "./signatures-agree.ts";
import { transactionsAreMeasured } from "./transactions-are-measured.ts";

/** Every rule over the whole file. */
export const rules: readonly Rule[] = [
  namesAreUnique,
  everySendToFitsItsCollector,
  forwardingEndsSomewhere,
  exactlyOneAccountClass,
  atMost32Classes,
  partitionMakesSense,
  everyMatchedProbeIsKnown,
  everyEventSourceCanBeAsked,
  aPortSpeaksOneProtocol,
  signaturesAgree,
  transactionsAreMeasured,
  everyHopIsWatched,
  healthIsToldInOnePlace,
  routesPassEveryHop,
  alertsMakeSense,
  objectivesMakeSense,
];
