/** Text for a verdict: absolute paths cut to their last part, addresses and times left out, so that it reads the same anywhere. */
export function withoutPlaces(text: string): string {
  return text
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?/g, "<time>")
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`)\]]+/gi, "<url>")
    .replace(/\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?\b/g, "<address>")
    .replace(/(^|[\s"'`(=])(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+)*[\\/]([\w.@+~-]+)/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
}
