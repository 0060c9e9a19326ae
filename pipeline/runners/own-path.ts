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
  const fromProject = createRequire(`${projectFolder}/package.json`);
  const fromHere = createRequire(import.meta.url);
  for (const require of [fromProject, fromHere]) {
    try {
      return require.resolve(`${packageName}/package.json`).replace(/package\.json$/, file);
    } catch {
      // Not there; the next place may have it.
    }
  }
  throw new UsageError(`this suite needs the package ${packageName}`, {
    code: "RUNNER_MISSING",
    hint: `npm install --save-dev ${packageName}`,
  });
}
