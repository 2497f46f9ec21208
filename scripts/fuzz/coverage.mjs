/** Buckets of "how often" that count as different behaviour: once, twice, 3, 4-7, 8-15, 16-31, 32-127, more. */
function bucketOf(count) {
  if (count < 4) return 1 << (count - 1);
  if (count < 8) return 8;
  if (count < 16) return 16;
  if (count < 32) return 32;
  return count < 128 ? 64 : 128;
}

/** What the instrumented code did since the last look, held against all it has done before. */
export class Coverage {
  /** Counters of a file, and which buckets of each have been seen. */
  #files = new Map();

  /** Statements run since the last look, and whether any of it is new. Counters go back to 0. */
  take() {
    let steps = 0;
    let isNew = false;
    for (const [path, file] of Object.entries(globalThis.__coverage__ ?? {})) {
      const seen = this.#seenOf(path, file);
      for (const key of seen.statementKeys) {
        const count = file.s[key];
        if (count === 0) continue;
        steps += count;
        file.s[key] = 0;
      }
      let at = 0;
      for (const key of seen.branchKeys) {
        const counts = file.b[key];
        for (let arm = 0; arm < counts.length; arm++, at++) {
          if (counts[arm] === 0) continue;
          const bucket = bucketOf(counts[arm]);
          counts[arm] = 0;
          if ((seen.branches[at] & bucket) !== 0) continue;
          seen.branches[at] |= bucket;
          isNew = true;
        }
      }
    }
    return { steps, isNew };
  }

  /** Share of branches ever run, by file, files that were never entered left out. */
  reached() {
    return [...this.#files].flatMap(([path, { branches }]) => {
      const run = branches.filter((seen) => seen !== 0).length;
      return run === 0 ? [] : [{ path, run, of: branches.length }];
    });
  }

  #seenOf(path, file) {
    let seen = this.#files.get(path);
    if (seen === undefined) {
      const branchKeys = Object.keys(file.b);
      const arms = branchKeys.reduce((sum, key) => sum + file.b[key].length, 0);
      seen = { statementKeys: Object.keys(file.s), branchKeys, branches: new Uint8Array(arms) };
      this.#files.set(path, seen);
    }
    return seen;
  }
}
