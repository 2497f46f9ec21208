/**
 * Well-formedness, XML 1.0 (fifth edition), of what a configuration file may be made of. The XML library reads on over
 * many slips, e.g. `</match/>`; a slip in a configuration should be told, not guessed at.
 */

/** The first slip in a text: where, and what. */
export interface FormFault {
  readonly offset: number;
  readonly problem: string;
}

export const MOST_LEVELS = 64;

const DECLARATION =
  /<\?xml\s+version\s*=\s*(?:"1\.\d"|'1\.\d')(?:\s+encoding\s*=\s*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/y;
const INSTRUCTION_START = /<\?([A-Za-z_][\w.-]*)(?=\s|\?>)/y;
const START_TAG = /<([\p{L}_:][\p{L}\p{N}._:-]*)/uy;
const END_TAG = /<\/([\p{L}_:][\p{L}\p{N}._:-]*)\s*>/uy;
const ATTRIBUTE = /\s+([\p{L}_:][\p{L}\p{N}._:-]*)\s*=\s*(?:"[^<"]*"|'[^<']*')/uy;
const TAG_END = /\s*(\/?)>/y;

/** `text` has no document type any more. Null: it is well-formed, apart from references and text between elements. */
export function checkForm(text: string): FormFault | null {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  const open: string[] = [];
  let roots = 0;
  const found = matchAt(DECLARATION, text, at);
  if (found !== null) at += found[0].length;

  for (;;) {
    const next = text.indexOf("<", at);
    const between = text.slice(at, next < 0 ? undefined : next);
    if (open.length === 0 && between.trim() !== "") return { offset: at, problem: "text outside the root element" };
    if (next < 0) break;
    at = next;
    if (text.startsWith("<!", at) || text.startsWith("<?", at)) {
      const end = skipMarkup(text, at);
      if (typeof end !== "number") return end;
      at = end;
    } else if (text.startsWith("</", at)) {
      const end = matchAt(END_TAG, text, at);
      const wanted = open.pop();
      if (end === null || wanted === undefined || end[1] !== wanted) {
        const expected = wanted === undefined ? "no element is open" : `</${wanted}> is expected`;
        return { offset: at, problem: `the end tag does not fit, ${expected}` };
      }
      at += end[0].length;
    } else {
      if (open.length === 0 && roots++ > 0) return { offset: at, problem: "there is more than one root element" };
      const tag = readStartTag(text, at);
      if ("problem" in tag) return tag;
      at = tag.end;
      if (!tag.isEmpty) open.push(tag.name);
      if (open.length > MOST_LEVELS) return { offset: at, problem: `elements are nested deeper than ${MOST_LEVELS}` };
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) return { offset: text.length, problem: `the element ${unclosed} is not closed` };
  return roots === 0 ? { offset: 0, problem: "there is no element" } : null;
}

/** The end of a comment, a CDATA section or a processing instruction. */
function skipMarkup(text: string, at: number): number | FormFault {
  if (text.startsWith("<!--", at)) {
    const end = text.indexOf("--", at + 4);
    if (end < 0) return { offset: at, problem: "the comment is not closed" };
    return text[end + 2] === ">" ? end + 3 : { offset: end, problem: "a comment cannot hold two hyphens" };
  }
  if (text.startsWith("<![CDATA[", at)) {
    const end = text.indexOf("]]>", at);
    return end < 0 ? { offset: at, problem: "the CDATA section is not closed" } : end + 3;
  }
  const target = matchAt(INSTRUCTION_START, text, at)?.[1];
  const end = text.indexOf("?>", at);
  if (target === undefined || end < 0 || target.toLowerCase() === "xml") {
    return { offset: at, problem: "neither a tag nor a comment" };
  }
  return end + 2;
}

function readStartTag(text: string, at: number): FormFault | { name: string; end: number; isEmpty: boolean } {
  const name = matchAt(START_TAG, text, at)?.[1];
  if (name === undefined)
    return { offset: at, problem: "a tag must begin with a name; a plain < must be written &lt;" };
  let end = at + 1 + name.length;
  const attributes = new Set<string>();
  for (let found = matchAt(ATTRIBUTE, text, end); found !== null; found = matchAt(ATTRIBUTE, text, end)) {
    const attribute = found[1] ?? "";
    if (attributes.has(attribute)) return { offset: end, problem: `the attribute ${attribute} stands here twice` };
    attributes.add(attribute);
    end += found[0].length;
  }
  const close = matchAt(TAG_END, text, end);
  if (close === null) {
    return { offset: end, problem: `the tag ${name} is broken; attributes are written name="value", < as &lt;` };
  }
  return { name, end: end + close[0].length, isEmpty: close[1] === "/" };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
