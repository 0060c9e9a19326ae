import { createInterface } from "node:readline/promises";

/** Asks on a terminal; without one the answer is no. */
export async function confirmOnTerminal(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

export function installQuestion(missing: readonly { need: string }[]): string {
  return `Install ${missing.map((one) => one.need).join(", ")}? (gauntlet doctor --undo removes it)`;
}
