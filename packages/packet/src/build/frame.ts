/** A tag or header between Ethernet and IP: an ethertype, and the bytes that follow it up to the next ethertype. */
export type Tag = readonly [ethertype: number, bytes: Uint8Array];

/** An 802.1Q tag, or another one of the same form. */
export function vlanTag(id: number, ethertype = 0x8100): Tag {
  return [ethertype, Uint8Array.of(id >> 8, id & 0xff)];
}

const MAC = Uint8Array.of(0x02, 0, 0, 0, 0, 0x01, 0x02, 0, 0, 0, 0, 0x02);

/** An Ethernet frame around `payload`, not padded. The addresses are fixed, locally administered ones. */
export function ethernet(ethertype: number, payload: Uint8Array, tags: readonly Tag[] = []): Uint8Array {
  const tagBytes = tags.reduce((sum, [, bytes]) => sum + 2 + bytes.length, 0);
  const frame = new Uint8Array(14 + tagBytes + payload.length);
  const view = new DataView(frame.buffer);
  frame.set(MAC);
  let at = 12;
  for (const [type, bytes] of tags) {
    view.setUint16(at, type);
    frame.set(bytes, at + 2);
    at += 2 + bytes.length;
  }
  view.setUint16(at, ethertype);
  frame.set(payload, at + 2);
  return frame;
}

/** An Ethernet frame around an IP packet; the version is read from it. */
export function ethernetIp(packet: Uint8Array, tags: readonly Tag[] = []): Uint8Array {
  return ethernet(packet[0]! >> 4 === 6 ? 0x86dd : 0x0800, packet, tags);
}
