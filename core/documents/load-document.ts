import { readFile } from "node:fs/promises";
import { isNode, LineCounter, parseDocument as parseYaml } from "yaml";
import { z } from "zod";
import { UsageError } from "#core/errors";
import { DocumentError, type Problem, problemsOf } from "./problems.ts";

export type DocumentKind =
  | "ChaosScenario"
  | "TelemetryModel"
  | "BackupPolicy"
  | "Quarantine"
  | "Defects"
  | "Requirements";

export interface DocumentSource {
  /** Shown in messages. */
  file: string;
  text: string;
}

/** Reads and checks a YAML file of the envelope `version: 1, kind: <kind>, ...`. Throws DocumentError or UsageError. */
export async function loadDocument<Shape extends z.ZodRawShape>(
  file: string,
  kind: DocumentKind,
  body: z.ZodObject<Shape>,
): Promise<z.infer<z.ZodObject<Shape>>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${(cause as Error).message}`, {
      code: "UNREADABLE_DOCUMENT",
      cause,
    });
  }
  return parseDocument({ file, text }, kind, body);
}

/** As loadDocument, on text. Unknown keys are errors; each problem has its line. */
export function parseDocument<Shape extends z.ZodRawShape>(
  source: DocumentSource,
  kind: DocumentKind,
  body: z.ZodObject<Shape>,
): z.infer<z.ZodObject<Shape>> {
  const lines = new LineCounter();
  const yaml = parseYaml(source.text, { lineCounter: lines });
  if (yaml.errors.length > 0) {
    throw new DocumentError(
      source.file,
      yaml.errors.map((error) => ({
        path: "",
        message: error.message.split("\n")[0] ?? "",
        ...at(lines, error.pos[0]),
      })),
    );
  }
  const value: unknown = yaml.toJS() ?? {};
  const envelope = z.strictObject({ version: z.literal(1), kind: z.literal(kind), ...body.shape });
  const checked = envelope.safeParse(value);
  if (!checked.success) {
    throw new DocumentError(
      source.file,
      problemsOf(checked.error, value).map((problem) => ({ ...problem, ...whereIs(yaml, lines, problem) })),
    );
  }
  return checked.data as z.infer<z.ZodObject<Shape>>;
}

/** The nearest node that exists on the way to the problem's path. */
function whereIs(yaml: ReturnType<typeof parseYaml>, lines: LineCounter, problem: Problem) {
  const path = problem.path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  for (let length = path.length; length >= 0; length--) {
    const node = yaml.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return at(lines, node.range[0]);
  }
  return {};
}

function at(lines: LineCounter, offset: number) {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
