export interface TextPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Splits `text` where a word of `query` occurs, ignoring case. The parts joined are `text` again. */
export function highlight(text: string, query: string): readonly TextPart[] {
  const words = query.match(/[\p{L}\p{N}_-]{2,}/gu) ?? [];
  if (words.length === 0) return [{ text, isMatch: false }];
  const longestFirst = [...words].sort((a, b) => b.length - a.length).map(escapeForRegExp);
  const parts = text.split(new RegExp(`(${longestFirst.join("|")})`, "giu"));
  // A single capture group puts matches at the odd places.
  return parts
    .map((part, index) => ({ text: part, isMatch: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}

function escapeForRegExp(word: string): string {
  return word.replaceAll("-", "\\x2d");
}
