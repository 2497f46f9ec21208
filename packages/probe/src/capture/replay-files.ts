/** A capture file, and the interface of the probe that it stands for. */
export interface ReplayFile {
  /** `-`: standard input. */
  readonly path: string;
  /** Number of the interface in the probe's list. */
  readonly interfaceNumber: number;
}

/**
 * The files of `-r`: `IFACE=FILE` was captured on that interface, plain `FILE` on the probe's first one. What stands
 * before the `=` counts as an interface only when the probe has one of that name.
 */
export function replayFiles(words: readonly string[], interfaces: readonly string[]): ReplayFile[] {
  return words.map((word) => {
    const equals = word.indexOf("=");
    const named = equals > 0 ? interfaces.indexOf(word.slice(0, equals)) : -1;
    if (named >= 0) return { path: word.slice(equals + 1), interfaceNumber: named };
    return { path: word, interfaceNumber: 0 };
  });
}
