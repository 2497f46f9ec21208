import { type AttributeKind, Refused } from "./attribute.ts";

/** Kinds whose value is text or a choice of words. */

/** Names stand in log lines, file names and datagrams. */
export const name: AttributeKind<string> = {
  allowed: "a name of 1 to 63 letters, digits, `.`, `_` and `-` that begins with a letter or digit",
  read: (text) => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text) ? text : new Refused()),
};

export const interfaceName: AttributeKind<string> = {
  allowed: "the name of a network interface, without white space and `/`, up to 63 characters",
  read: (text) => (/^[^\s/\p{Cc}]{1,63}$/u.test(text) ? text : new Refused()),
};

export const title: AttributeKind<string> = {
  allowed: "1 to 100 characters",
  read: (text) => (/^\P{Cc}{1,100}$/u.test(text) ? text : new Refused()),
};

export const path: AttributeKind<string> = {
  allowed: "a path; a relative one starts at the folder the program was started in",
  read: (text) => (/^\P{Cc}{1,1024}$/u.test(text) ? text : new Refused()),
};

/** A program by its full path, and its arguments. */
export const programLine: AttributeKind<readonly string[]> = {
  allowed: "the full path of a program and its arguments, separated by blanks; at most 1024 characters",
  read: (text) => (/^\/\P{Cc}{1,1023}$/u.test(text) ? text.split(/ +/) : new Refused()),
};

export const captureFilter: AttributeKind<string> = {
  allowed: "a capture filter in pcap-filter(7) syntax, or nothing; at most 4096 characters",
  read: (text) => (text.length <= 4096 ? text : new Refused()),
};

/** `yes` or `no`. */
export const yesNo: AttributeKind<boolean> = {
  allowed: "yes or no",
  words: ["yes", "no"],
  read: (text) => (text === "yes" ? true : text === "no" ? false : new Refused()),
};

export function choice<const W extends readonly string[]>(...words: W): AttributeKind<W[number]> {
  return {
    allowed: words.join(" or "),
    words,
    read: (text) => (words.includes(text) ? text : new Refused()),
  };
}

/** One or more values of a kind, separated by white space. */
export function listOf<T>(kind: AttributeKind<T>, most = 256): AttributeKind<readonly T[]> {
  return {
    allowed: `one or more, separated by blanks: ${kind.allowed}`,
    read: (text, context) => {
      const words = text.split(/\s+/).filter((word) => word !== "");
      if (words.length === 0 || words.length > most) return new Refused();
      const values: T[] = [];
      for (const word of words) {
        const value = kind.read(word, context);
        if (value instanceof Refused)
          return new Refused(value.because ?? (words.length > 1 ? `${word} is wrong` : null));
        values.push(value);
      }
      return values;
    },
  };
}
