import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "#core/errors";

/** The path of a file that ships beside `moduleUrl`: `name.ts` in the sources, `name.js` once compiled. */
export function ownFile(moduleUrl: string, name: string): string {
  return fileURLToPath(new URL(`${name}${extname(fileURLToPath(moduleUrl))}`, moduleUrl));
}

/** A file of a package the project installed itself. Throws UsageError that names the package and how to add it. */
export function packageFile(projectFolder: string, packageName: string, file: string): string {
  const found = resolved(projectFolder, `${packageName}/package.json`);
  if (found !== undefined) return found.replace(/package\.json$/, file);
  throw new UsageError(`this suite needs the package ${packageName}`, {
    code: "RUNNER_MISSING",
    hint: `npm install --save-dev ${packageName}`,
  });
}

/** What `require(packageName)` would load in the project; undefined when it is not installed. */
export function packageMain(projectFolder: string, packageName: string): string | undefined {
  return resolved(projectFolder, packageName);
}

/** The project's own comes first, then what is installed beside gauntlet. */
function resolved(projectFolder: string, name: string): string | undefined {
  for (const from of [`${projectFolder}/package.json`, import.meta.url]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // Not there; the next place may have it.
    }
  }
  return undefined;
}
