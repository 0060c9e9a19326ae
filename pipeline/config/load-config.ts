import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { DocumentError, problemsOf } from "#core/documents";
import { describeError, UsageError } from "#core/errors";
import { crossCheck } from "./cross-check.ts";
import { type CheckedConfig, configSchema } from "./schema.ts";

export interface LoadedConfig {
  /** Absolute path of the configuration file. */
  file: string;
  /** The folder it lies in; relative paths of the configuration start here. */
  folder: string;
  config: CheckedConfig;
  /** As written, before defaults. */
  written: unknown;
}

const fileName = "gauntlet.config.ts";

/** Finds (upwards from `from`), runs and checks the configuration. Throws UsageError or DocumentError; all problems at once. */
export async function loadConfig(from: string, explicitFile?: string): Promise<LoadedConfig> {
  const file = explicitFile === undefined ? findUpwards(resolve(from)) : resolve(from, explicitFile);
  if (file === undefined || !existsSync(file)) {
    throw new UsageError(`no ${explicitFile ?? fileName} in ${resolve(from)} or above`, {
      code: "NO_CONFIG",
      hint: "`gauntlet init` writes a first one from your Compose file",
    });
  }
  const written = await importConfig(file);
  const checked = configSchema.safeParse(written);
  if (!checked.success) throw new DocumentError(file, problemsOf(checked.error, written));
  const problems = crossCheck(checked.data, dirname(file));
  if (problems.length > 0) throw new DocumentError(file, problems);
  return { file, folder: dirname(file), config: deepFreeze(checked.data), written };
}

async function importConfig(file: string): Promise<unknown> {
  let module: { default?: unknown };
  using _hooks = typeScriptIsEsm();
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    throw new UsageError(`${placeOf(cause, file)} cannot be run: ${describeError(cause).message}`, {
      code: "BROKEN_CONFIG",
      hint: "mend it, then check it with `gauntlet validate`",
      cause,
    });
  }
  if (module.default === undefined) {
    throw new UsageError(`${file} has no default export`, {
      code: "BROKEN_CONFIG",
      hint: "write `export default defineConfig({ ... })`",
    });
  }
  return module.default;
}

/** `file:line` of the configuration or of what it imports, as far as the stack tells. */
function placeOf(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const [, url, line] of stack.matchAll(/(file:\/\/\/[^\s:()]+):(\d+)/g)) {
    const path = url === undefined || url === import.meta.url ? undefined : fileURLToPath(url);
    const isTheirs = path?.startsWith(dirname(file)) && !path.includes("/node_modules/");
    if (isTheirs) return `${path}:${line}`;
  }
  return file;
}

/** `npm init` writes `"type": "commonjs"`, with which Node would refuse the `import` in the configuration and in what it imports. */
function typeScriptIsEsm(): Disposable {
  const hooks = registerHooks({
    load: (url, context, next) =>
      url.endsWith(".ts") && !url.includes("/node_modules/")
        ? next(url, { ...context, format: "module-typescript" })
        : next(url, context),
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
}

function findUpwards(folder: string): string | undefined {
  const candidate = resolve(folder, fileName);
  if (existsSync(candidate)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : findUpwards(parent);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
