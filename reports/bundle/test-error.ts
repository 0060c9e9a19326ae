import { createHash } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import type { TestError } from "./records.ts";

/** The error of a test as recorded: colours removed, fingerprint worked out. */
export function testErrorOf(message: string, stack?: string): TestError {
  const plain = stripVTControlCharacters(message);
  const plainStack = stack === undefined ? undefined : stripVTControlCharacters(stack);
  return {
    message: plain,
    ...(plainStack === undefined ? {} : { stack: plainStack }),
    fingerprint: fingerprintOf(plain, plainStack),
  };
}

/** Equal for failures with one cause: the message without what changes from run to run, and the top frame of the stack. */
export function fingerprintOf(message: string, stack = ""): string {
  const identity = JSON.stringify([normalizeMessage(message), topFrame(stack)]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}

/** The message without times, addresses, places, identifiers and numbers; one line. */
export function normalizeMessage(message: string): string {
  const plain = stripVTControlCharacters(message);
  return volatile
    .reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), plain)
    .replace(/\s+/g, " ")
    .trim();
}

const volatile: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`)\]]+/gi, "<url>"],
  [/(^|[\s"'`(=])(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+){2,}/g, "$1<path>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3}):\d+\b/g, "<address>"],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, "<id>"],
  [/\d+(?:\.\d+)?/g, "<n>"],
];

/** Function and file name without folder, line and column, so that an edit above it changes nothing. */
function topFrame(stack: string): string {
  const frames = stack.split("\n").filter((line) => /^\s*at\s/.test(line));
  const own = frames.find((line) => !/node_modules|node:internal/.test(line)) ?? frames[0] ?? "";
  const place = own.replace(/^\s*at\s+(async\s+)?/, "").replace(/:\d+(:\d+)?\)?$/, "");
  return place.replace(/(^|[\s(])(?:file:\/\/)?\S*[\\/]([^\\/\s()]+)$/, "$1$2").replace(/[()]/g, "");
}
