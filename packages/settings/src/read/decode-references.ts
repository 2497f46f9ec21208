const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * The value of an attribute, XML 1.0 section 3.3.3: XML's five entities and character numbers decoded, white space
 * made blanks. Any other entity is a problem, and stays as it stands.
 */
export function decodeReferences(raw: string, onProblem: (problem: string) => void): string {
  if (raw.includes("<")) onProblem("the character < must be written &lt;");
  return raw.replace(/[\t\n]/g, " ").replace(/&([^;&\s]*;?)/g, (whole, reference: string) => {
    const decoded = reference.endsWith(";") ? decodeOne(reference.slice(0, -1)) : undefined;
    if (decoded === undefined) onProblem(`the reference ${whole} is not known; a plain & must be written &amp;`);
    return decoded ?? whole;
  });
}

function decodeOne(name: string): string | undefined {
  const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  if (number === null) return PREDEFINED.get(name);
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  const allowed =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}
