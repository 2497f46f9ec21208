import { askEvents } from "../../ask/events.ts";
import type { Table } from "../model.ts";
import { eventsSection } from "../operator/events-section.ts";
import type { DetailProtocol } from "./protocol.ts";

export const events: DetailProtocol = {
  name: "events",
  title: "Events",
  intro:
    "What probes and collectors told of themselves in this period. Events concern no flow in particular, so patterns do not apply.",
  topics: [],
  make: async ({ database, scope }) => {
    const kinds = await askEvents(database, scope.period);
    const { blocks } = eventsSection(kinds, scope.period.zone, kinds.length);
    return { overview: { ...(blocks[0] as Table), name: "overview" }, instances: [] };
  },
};
