import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { UsageError } from "#core/errors";
import { writeFileAtomic } from "#core/state";
import { readComposeModel } from "#environments";
import { classify } from "./classify.ts";
import { configText } from "./write-config.ts";

export interface InitOptions {
  composeFile?: string;
  overwrite: boolean;
  dryRun: boolean;
}

export interface Initialised {
  file: string;
  content: string;
  /** What was recognised and what was left out, for people. */
  found: string[];
}

/** In the order in which Compose itself looks. */
const composeNames = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
  "docker-compose.test.yml",
];

/** Writes gauntlet.config.ts for the Compose file of `folder`. Throws UsageError; never touches the Compose file. */
export async function initProject(folder: string, options: InitOptions): Promise<Initialised> {
  const file = join(folder, "gauntlet.config.ts");
  if (existsSync(file) && !options.overwrite && !options.dryRun) {
    throw new UsageError(`${file} exists`, {
      code: "CONFIG_EXISTS",
      hint: "--force overwrites it, --dry-run prints what it would be",
    });
  }
  const composeFile = resolve(folder, options.composeFile ?? findCompose(folder));
  const model = await readComposeModel([composeFile], { projectDirectory: folder });
  const classified = classify(model.services);
  const content = configText(projectName(folder), [relative(folder, composeFile)], classified);
  if (!options.dryRun) await writeFileAtomic(file, content);
  return {
    file,
    content,
    found: [
      `${Object.keys(model.services).length} services: ${Object.keys(model.services).join(", ")}`,
      `published: ${classified.published.map(({ service, target }) => `${service}:${target}`).join(", ") || "none"}`,
      `databases: ${classified.databases.join(", ") || "none recognised"}`,
      `crashed: ${classified.crashable.join(", ") || "none"}`,
      ...classified.remarks,
    ],
  };
}

function findCompose(folder: string): string {
  const found = composeNames.find((name) => existsSync(join(folder, name)));
  if (found !== undefined) return found;
  throw new UsageError(`no Compose file in ${folder}`, {
    code: "NO_COMPOSE_FILE",
    hint: `looked for ${composeNames.join(", ")}; name another with --file`,
  });
}

function projectName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .replace(/-+$/, "");
  return name || "project";
}
