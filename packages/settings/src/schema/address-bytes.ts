import { isIP } from "node:net";

/** 4 or 16 bytes of an address in text form; null when it is none. Zone identifiers are refused. */
export function addressBytes(text: string): Uint8Array | null {
  const family = text.includes("%") ? 0 : isIP(text);
  if (family === 4) return Uint8Array.from(text.split("."), Number);
  if (family !== 6) return null;
  const bytes = new Uint8Array(16);
  const [head = "", tail] = text.split("::");
  const front = groupBytes(head);
  bytes.set(front);
  if (tail !== undefined) {
    const back = groupBytes(tail);
    bytes.set(back, 16 - back.length);
  }
  return bytes;
}

/** Bytes of groups between colons; the last may be a dotted IPv4 address. */
function groupBytes(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** RFC 5952 text of 4 or 16 bytes. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (best.length < 2) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
