/** Ethernet addresses of both sides. 6 bytes each. */
export interface Macs {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** Locally administered ones, for capture files. */
export const FILE_MACS: Macs = {
  client: Uint8Array.of(0x02, 0, 0, 0, 0, 0x02),
  server: Uint8Array.of(0x02, 0, 0, 0, 0, 0x01),
};

/** The bytes before an IP packet: Ethernet, with an 802.1Q tag where asked for. Shape: [14] or [18]. */
export function linkHeader(macs: Macs, isForward: boolean, family: 4 | 6, vlan: number | null): Uint8Array {
  const header = new Uint8Array(vlan === null ? 14 : 18);
  const view = new DataView(header.buffer);
  header.set(isForward ? macs.server : macs.client);
  header.set(isForward ? macs.client : macs.server, 6);
  if (vlan !== null) {
    view.setUint16(12, 0x8100);
    view.setUint16(14, vlan);
  }
  view.setUint16(header.length - 2, family === 4 ? 0x0800 : 0x86dd);
  return header;
}

/** A frame of a link header and an IP packet. */
export function framed(header: Uint8Array, packet: Uint8Array): Uint8Array {
  const frame = new Uint8Array(header.length + packet.length);
  frame.set(header);
  frame.set(packet, header.length);
  return frame;
}
