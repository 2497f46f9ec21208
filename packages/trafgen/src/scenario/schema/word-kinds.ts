import { type AttributeKind, Refused } from "@trafmon/settings/schema";

/** Kinds whose value is a word of some protocol. */

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["fin", 0x01],
  ["syn", 0x02],
  ["rst", 0x04],
  ["psh", 0x08],
  ["ack", 0x10],
  ["urg", 0x20],
  ["ece", 0x40],
  ["cwr", 0x80],
]);

/** TCP flags; the value is their octet (RFC 9293 section 3.1). */
export const tcpFlags: AttributeKind<number> = {
  allowed: `none, or words separated by blanks: ${[...FLAGS.keys()].join(" ")}`,
  read: (text) => {
    if (text === "none") return 0;
    let flags = 0;
    for (const word of text.split(/\s+/)) {
      const flag = FLAGS.get(word);
      if (flag === undefined) return new Refused();
      flags |= flag;
    }
    return flags;
  },
};

/** RFC 1035 section 2.3.4: labels of 1 to 63 bytes, 255 in all as they are sent. */
export const domainName: AttributeKind<string> = {
  allowed: "a domain name of letters, digits, `-` and `_`, with labels of at most 63 and in all at most 253 characters",
  read: (text) =>
    text.length <= 253 && /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(text) ? text : new Refused(),
};

/** The value is the text: BER is made where packets are made. */
export const objectIdentifier: AttributeKind<string> = {
  allowed: "an object identifier of 2 to 64 numbers up to 4294967295, e.g. 1.3.6.1.2.1.1.3.0",
  read: (text) => {
    if (!/^[0-2](\.\d{1,10}){1,63}$/.test(text)) return new Refused();
    const [first, second, ...rest] = text.split(".").map(Number) as [number, number, ...number[]];
    // X.690 section 8.19.4: the first two share a byte.
    const fits = first === 2 ? second <= 47 : second <= 39;
    return fits && rest.every((each) => each <= 0xffffffff) ? text : new Refused();
  },
};

/** What may stand between the method and the version of an HTTP request. */
export const httpPath: AttributeKind<string> = {
  allowed: "a path that begins with `/`, of printable ASCII characters without blanks, at most 1024",
  read: (text) => (/^\/[\x21-\x7e]{0,1023}$/.test(text) ? text : new Refused()),
};

/** What may stand behind an FTP command. */
export const ftpPath: AttributeKind<string> = {
  allowed: "a file name of 1 to 255 printable ASCII characters without blanks",
  read: (text) => (/^[\x21-\x7e]{1,255}$/.test(text) ? text : new Refused()),
};

/** A token of RFC 9110 section 5.6.2, for methods and user names. */
export const token: AttributeKind<string> = {
  allowed: "1 to 32 letters, digits, `.`, `_` and `-`",
  read: (text) => (/^[A-Za-z0-9._-]{1,32}$/.test(text) ? text : new Refused()),
};
