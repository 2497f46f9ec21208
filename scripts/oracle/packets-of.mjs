// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for.
const CONTROL_CHARACTERS = /[\u0000-\u001f]/g;

/**
 * Reads the packets out of `tshark -T json`, one at a time: an array of any length, each element between a line `  {` and
 * a line `  }` or `  },`; everything inside is indented further, and no text has line ends.
 * @param {NodeJS.ReadableStream} output
 * @returns {AsyncGenerator<{ layers: Record<string, any> }>} of each packet `_source`
 */
export async function* packetsOf(output) {
  let rest = "";
  let packet = "";
  for await (const text of output.setEncoding("utf8")) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "  {") packet = "{";
      else if (line === "  }" || line === "  },") yield sourceOf(`${packet}}`);
      else packet += line;
    }
  }
}

function sourceOf(text) {
  // A time beyond the year 9999 is printed as bytes that JSON forbids (pcapng_two_linktypes.pcapng, frame 60).
  return JSON.parse(text.replace(CONTROL_CHARACTERS, "?"))._source;
}
