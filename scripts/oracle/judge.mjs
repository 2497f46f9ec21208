/**
 * What tshark shows of a frame, brought to what is counted. In comments: the captures (of the developers' set) where the
 * oddity was seen, or how it was made.
 */

/**
 * @typedef {{ kind: "non_ip", frameBytes: number } | { kind: "undecodable", reason: string, frameBytes: number } | {
 *   kind: "ip", frameBytes: number, version: 4 | 6, source: string, destination: string | null, protocol: number,
 *   bytes: number, ports: [number, number] | null, payloadBytes: number }} Verdict
 */

/** Expert notes that make an IP header invalid. */
const FAULTS = new Set([
  "ip.bogus_ip_version",
  "ip.bogus_header_length",
  "ip.bogus_ip_length",
  "ipv6.bogus_ipv6_version",
  "ipv6.bogus_payload_length",
  "ipv6.plen_exceeds_framing",
]);

/** Layers up to IP. A frame that tshark cannot read on from one of these might have been IP. */
const LOWER_LAYERS = new Set(["eth", "ethertype", "vlan", "ieee8021ad", "mpls", "pwethheuristic", "pwethcw"]);
for (const layer of ["pwethnocw", "pppoes", "ppp", "llc", "sll", "raw", "null", "ip", "ipv6"]) LOWER_LAYERS.add(layer);

/** IPv6 extension headers by number: the layer, and its next-header field. */
const EXTENSIONS = new Map([
  ["0", ["ipv6.hopopts", "ipv6.hopopts.nxt"]],
  ["43", ["ipv6.routing", "ipv6.routing.nxt"]],
  ["44", ["ipv6.fraghdr", "ipv6.fraghdr.nxt"]],
  ["51", ["ah", "ah.next_header"]],
  ["60", ["ipv6.dstopts", "ipv6.dstopts.nxt"]],
]);

/**
 * @param {Record<string, any>} layers of one frame, outermost first. A layer that comes twice is one array, at the place
 *   of the first; what an ICMP error quotes lies inside the layer `icmp` and is not seen here.
 * @returns {Verdict}
 */
export function judge(layers) {
  const frameBytes = Number(layers.frame["frame.len"]);
  // What a tunnel carries comes later (6in4_tunnel.pcap: ip:ipv6, gre.cap: ip:gre:ppp:ip).
  const outermost = Object.keys(layers).find((name) => name === "ip" || name === "ipv6");
  if (outermost === undefined) {
    const reason = linkFault(layers);
    return reason === null ? { kind: "non_ip", frameBytes } : { kind: "undecodable", reason, frameBytes };
  }
  const header = first(layers[outermost]);
  const fault = notesOn(header).find((note) => FAULTS.has(note));
  if (fault !== undefined) return { kind: "undecodable", reason: fault, frameBytes };
  const packet = outermost === "ip" ? readIpv4(header) : readIpv6(header);
  if (packet === null) return { kind: "undecodable", reason: `${outermost} header cut`, frameBytes };
  const { isLaterFragment, carriedBytes, ...kept } = packet;
  return { kind: "ip", frameBytes, ...kept, ...transportOf(packet, layers) };
}

/** Why tshark got to no layer above the link, null where it did. */
function linkFault(layers) {
  const names = layers.frame["frame.protocols"].split(":");
  const last = names.at(-1);
  // LINKTYPE_RAW and a first nibble of neither 4 nor 6 (raw_ip_v4_v6.pcap with bytes changed).
  if (names[0] === "raw" && last === "data") return "raw version";
  const stopped = layers["_ws.short"] ?? layers["_ws.malformed"];
  // The snap length or the frame ends there (pppoe_http.pcap, qinq_8021ad.pcap, sll2.pcap at 20 bytes a frame).
  return stopped !== undefined && LOWER_LAYERS.has(last) ? `${last} cut` : null;
}

function readIpv4(header) {
  // Fields appear as they are captured, so the last address tells that the header was captured whole. But where options
  // follow, tshark gives up before it shows the destination, if they were cut (bad_fuzz_11740.pcap at 37 bytes a frame).
  // Cut between the two addresses of such a header, it would count here and is undecodable for us.
  const isCut = header["ip.dst"] === undefined && !(Number(header["ip.hdr_len"]) > 20 && "ip.src" in header);
  if (isCut) return null;
  return {
    version: 4,
    source: header["ip.src"],
    // With a source route ip.dst is where it ends, not what the header says.
    destination: header["ip.cur_rt"] ?? header["ip.dst"] ?? null,
    protocol: Number(header["ip.proto"]),
    bytes: Number(header["ip.len"]),
    isLaterFragment: header["ip.frag_offset"] !== "0",
    carriedBytes: Number(header["ip.len"]) - Number(header["ip.hdr_len"]),
  };
}

function readIpv6(header) {
  if (header["ipv6.dst"] === undefined) return null;
  let isLaterFragment = false;
  let carriedBytes = Number(header["ipv6.plen"]);
  let next = header["ipv6.nxt"];
  const taken = new Map();
  // The last next header that was captured counts (ipv6_ext_headers.pcap: hop-by-hop, destination, routing, AH, OSPF).
  while (EXTENSIONS.has(next) && !isLaterFragment) {
    const [layer, field] = EXTENSIONS.get(next);
    const nth = taken.get(layer) ?? 0;
    taken.set(layer, nth + 1);
    const extension = [header[layer] ?? []].flat()[nth];
    if (extension?.[field] === undefined) break;
    if (layer === "ipv6.fraghdr") isLaterFragment = extension["ipv6.fraghdr.offset"] !== "0";
    carriedBytes -= next === "51" ? 8 + 4 * Number(extension["ah.length"]) : Number(extension[`${layer}.len_oct`] ?? 8);
    next = extension[field];
  }
  return {
    version: 6,
    source: header["ipv6.src"],
    destination: header["ipv6.dst"],
    protocol: Number(next),
    bytes: 40 + Number(valueIn(header, "ipv6.opt.jumbo") ?? header["ipv6.plen"]),
    isLaterFragment,
    carriedBytes,
  };
}

/** Ports of the outermost packet, null where they were not captured or belong to something inside, and TCP payload. */
function transportOf({ protocol, isLaterFragment, carriedBytes }, layers) {
  const none = { ports: null, payloadBytes: 0 };
  if (isLaterFragment) return none;
  if (protocol === 17) {
    const header = first(layers.udp);
    if (header?.["udp.dstport"] === undefined) return none;
    return { ports: [Number(header["udp.srcport"]), Number(header["udp.dstport"])], payloadBytes: 0 };
  }
  if (protocol !== 6) return none;
  const header = first(layers.tcp);
  if (header?.["tcp.dstport"] === undefined) return none;
  const ports = [Number(header["tcp.srcport"]), Number(header["tcp.dstport"])];
  // tshark shows no tcp.len for the first fragment of a datagram (fuzzed captures): it is what that one carries.
  const headerBytes = Number(header["tcp.hdr_len"]);
  const payload = header["tcp.len"] ?? (headerBytes >= 20 ? Math.max(0, carriedBytes - headerBytes) : 0);
  return { ports, payloadBytes: Number(payload) };
}

/** Names of the expert notes anywhere on a layer. */
function notesOn(layer) {
  const names = [];
  for (const [key, value] of Object.entries(layer)) {
    if (value === null || typeof value !== "object") continue;
    for (const each of [value].flat()) {
      if (each === null || typeof each !== "object") continue;
      if (key === "_ws.expert") names.push(...Object.keys(each));
      else names.push(...notesOn(each));
    }
  }
  return names;
}

/** The first value of a field anywhere in a layer. */
function valueIn(layer, field) {
  for (const [key, value] of Object.entries(layer)) {
    if (key === field) return first(value);
    if (value === null || typeof value !== "object") continue;
    for (const each of [value].flat()) {
      const found = each !== null && typeof each === "object" ? valueIn(each, field) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function first(value) {
  return Array.isArray(value) ? value[0] : value;
}
