// The known name that somebody may have meant.

const FARTHEST = 2; // edits

/** `; did you mean x?` with the known name that is at most two edits away, else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const [near] = known.map((name) => ({ name, edits: edits(plain(word), plain(name)) })).sort((one, other) => one.edits - other.edits);
  return near && near.edits <= FARTHEST ? `; did you mean ${near.name}?` : "";
}

function plain(name: string): string {
  return name.replace(/_/g, "").toLowerCase(); // delayMs is meant as delay_ms
}

/** How many letters must be left out, put in or exchanged (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [place, letter] of [...from].entries()) {
    const next = [place + 1];
    for (let index = 0; index < to.length; index++) {
      next.push(Math.min(row[index]! + (letter === to[index] ? 0 : 1), row[index + 1]! + 1, next[index]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
