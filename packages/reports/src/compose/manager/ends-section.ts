import type { Dimension, Traffic } from "../../ask/traffic.ts";
import { byEnd, COUNTRY_UNKNOWN, type EndVolume, OWN_NETWORKS } from "../ends.ts";
import type { Block, Section } from "../model.ts";
import type { ListLimits } from "./limits.ts";
import { type ExtraColumn, volumeTable } from "./volume-table.ts";

interface Words {
  readonly title: string;
  readonly one: string;
  readonly many: string;
  readonly intro: string;
  readonly sent: string;
  readonly received: string;
}

const words: Record<Dimension, Words> = {
  activity: {
    title: "Activities",
    one: "Activity",
    many: "activities",
    intro:
      "Volume is charged as above. Sent and received count every byte at the activity of its sender and of its receiver.",
    sent: "Sent",
    received: "Received",
  },
  location: {
    title: "Locations",
    one: "Location",
    many: "locations",
    intro:
      "Traffic with the Internet or with hosts not described is charged to the location of its described side; between two locations, each is charged with what it sent.",
    sent: "Sent",
    received: "Received",
  },
  country: {
    title: "Countries",
    one: "Country",
    many: "countries",
    intro:
      "Traffic is charged to the country of the side outside one's own networks; between two such sides, each is charged with what it sent. Sent and received are as seen from that country.",
    sent: "Sent from",
    received: "Received in",
  },
};

/** The largest activities, locations or countries. */
export function endsSection(
  dimension: Dimension,
  traffic: readonly Traffic[],
  before: readonly Traffic[],
  limits: ListLimits,
): Section {
  const { title, one, many, intro, sent, received } = words[dimension];
  const table = volumeTable({
    name: many,
    title: `Largest ${many}`,
    what: one,
    csv: dimension,
    items: byEnd(traffic, dimension),
    before: new Map(byEnd(before, dimension).map((each) => [each.label, each.bytes])),
    extra: [
      volumeColumn(sent, "sent_bytes", (each) => each.sent),
      volumeColumn(received, "received_bytes", (each) => each.received),
    ],
    limits,
    whyEmpty: "No volume in this period.",
  });
  return { title, intro, blocks: [...notDescribed(dimension, traffic), table] };
}

function volumeColumn(label: string, csv: string, value: (each: EndVolume) => bigint): ExtraColumn<EndVolume> {
  return { column: { label, kind: "volume", csv }, value };
}

/** The prepared tables hold the descriptions of the time they were made. */
const HOW_TO_APPLY =
  "Then run trafMon_updateIpInfo --all, and call the Aggr_activityvolumetable procedure for these days again.";

/** What to do where nothing at all is described. */
function notDescribed(dimension: Dimension, traffic: readonly Traffic[]): Block[] {
  if (traffic.length === 0 || traffic.some(({ src, dst }) => src.name !== null || dst.name !== null)) return [];
  const text =
    dimension === "country"
      ? `No country is known for any address, so all that is outside stands under “${COUNTRY_UNKNOWN}”, the rest under ` +
        `“${OWN_NETWORKS}”. Put GeoLite2-City.mmdb into /var/trafMon/GeoIP. ${HOW_TO_APPLY}`
      : `No address has ${dimension === "activity" ? "an activity" : "a location"}. Describe your networks in ` +
        `/etc/trafMon/ipInfo.ini. ${HOW_TO_APPLY}`;
  return [{ kind: "notice", text }];
}
