/** The address that a name of the reverse zones stands for (RFC 1035 section 3.5, RFC 3596 section 2.5); null: none. */
export function addressOfPointer(name: string): Uint8Array | null {
  if (name.endsWith(".in-addr.arpa")) {
    const labels = name.slice(0, -".in-addr.arpa".length).split(".");
    if (labels.length !== 4 || !labels.every((label) => /^(0|[1-9]\d{0,2})$/.test(label) && Number(label) < 256)) {
      return null;
    }
    return Uint8Array.from(labels.reverse(), Number);
  }
  if (!name.endsWith(".ip6.arpa")) return null;
  const digits = name.slice(0, -".ip6.arpa".length);
  if (!/^[0-9a-f](\.[0-9a-f]){31}$/.test(digits)) return null;
  return Uint8Array.from(Buffer.from(digits.replaceAll(".", "").split("").reverse().join(""), "hex"));
}
