import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { runCommand } from "#core/command";

/** Compiles the package to dist/, which has the package.json that maps `#room` to the compiled faces. */
const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

await rm(dist, { recursive: true, force: true });
await runCommand(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")],
  {
    cwd: root,
    onLine: (line) => process.stdout.write(`${line}\n`),
  },
);

const { name, version, imports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const compiled = Object.fromEntries(
  Object.entries(imports as Record<string, string>).map(([key, path]) => [key, path.replace(/\.ts$/, ".js")]),
);
await writeFile(
  join(dist, "package.json"),
  `${JSON.stringify({ name, version, type: "module", imports: compiled }, null, 2)}\n`,
);

// k6 runs its scripts itself, so they only lose their types.
for await (const script of glob("pipeline/checks/*.k6.ts", { cwd: root })) {
  const target = join(dist, script.replace(/\.ts$/, ".js"));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, stripTypeScriptTypes(await readFile(join(root, script), "utf8")));
}
for await (const file of glob("environments/k6/Dockerfile", { cwd: root })) {
  await mkdir(join(dist, dirname(file)), { recursive: true });
  await cp(join(root, file), join(dist, file));
}
