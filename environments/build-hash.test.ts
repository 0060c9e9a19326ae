import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hashBuildContext, listContext, readIgnorePatterns } from "./build-context.ts";
import { baseImagesOf, buildTag, hashBuild } from "./build-hash.ts";

let folder: string;
const options = { imageIdOf: async () => "sha256:base" };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-context-"));
  vi.stubEnv("GAUNTLET_STATE_DIR", join(folder, "..", "state-of-build-hash"));
});

afterEach(async () => {
  await rm(join(folder, "..", "state-of-build-hash"), { recursive: true, force: true });
  await rm(folder, { recursive: true });
  vi.unstubAllEnvs();
});

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

describe("a build's hash", () => {
  it("changes with everything that goes into the image and with nothing else", async () => {
    await put({ Dockerfile: "FROM a\nCOPY . .\n", "src/a.ts": "1", ".dockerignore": "ignored\n" });
    const build = { context: folder, args: { A: "1" } };
    const first = await hashBuild("web", build, options);
    expect(await hashBuild("web", build, options)).toBe(first);
    await put({ ignored: "x" });
    expect(await hashBuild("web", build, options)).toBe(first);

    const others = [
      await hashBuild("web", { ...build, args: { A: "2" } }, options),
      await hashBuild("web", { ...build, target: "test" }, options),
      await hashBuild("web", build, { imageIdOf: async () => "sha256:newer" }),
    ];
    await put({ "src/a.ts": "2" });
    others.push(await hashBuild("web", build, options));
    await put({ "src/b.ts": "" });
    others.push(await hashBuild("web", build, options));
    await chmod(join(folder, "src/b.ts"), 0o755);
    others.push(await hashBuild("web", build, options));
    await symlink("a.ts", join(folder, "src/c.ts"));
    others.push(await hashBuild("web", build, options));
    await put({ Dockerfile: "FROM a\n" });
    others.push(await hashBuild("web", build, options));
    await rm(join(folder, "ignored"));
    expect(new Set([first, ...others]).size).toBe(others.length + 1);
  });

  it("does not depend on where the context is, nor on times", async () => {
    await put({ "one/Dockerfile": "FROM a\n", "one/f": "f", "two/Dockerfile": "FROM a\n", "two/f": "f" });
    await utimes(join(folder, "two/f"), 1, 1);
    const one = await hashBuild("a", { context: join(folder, "one") }, options);
    expect(await hashBuild("a", { context: join(folder, "two") }, options)).toBe(one);
  });

  it("notices a change that kept size and times", async () => {
    await put({ f: "before" });
    await utimes(join(folder, "f"), 1000, 1000);
    const before = await hashBuildContext(folder, []);
    await writeFile(join(folder, "f"), "after!");
    await utimes(join(folder, "f"), 1000, 1000);
    expect(await hashBuildContext(folder, [])).not.toBe(before);
  });

  it("cannot be known for contexts from elsewhere; needs its Dockerfile", async () => {
    expect(await hashBuild("a", { context: "https://example.org/x.git" }, options)).toBeUndefined();
    await expect(hashBuild("a", { context: folder }, options)).rejects.toMatchObject({
      code: "DOCKERFILE_MISSING",
    });
    const inline = { context: folder, dockerfile_inline: "FROM a" };
    expect(await hashBuild("a", inline, options)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("hashes an unchanged big context from what it remembers", async () => {
    await mkdir(join(folder, "big"));
    await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        writeFile(join(folder, "big", `${index}`), Buffer.alloc(50_000, index)),
      ),
    );
    const first = await hashBuildContext(folder, []);
    expect(await hashBuildContext(folder, [])).toBe(first);
  });
});

describe("the build context", () => {
  it("honours exceptions below ignored folders, as the engine does", async () => {
    await put({
      "package.json": "",
      "node_modules/x/index.js": "",
      "apps/api/main.ts": "",
      "apps/api/main.test.ts": "",
      "apps/web/main.ts": "",
    });
    const patterns = ["*", "!package.json", "!apps", "apps/*", "!apps/api", "**/*.test.ts", "# comment", ""];
    expect(await listContext(folder, patterns)).toEqual(["apps/api/main.ts", "package.json"]);
    expect(await listContext(folder, ["**", "!**/main.ts"])).toEqual([
      "apps/api/main.ts",
      "apps/web/main.ts",
    ]);
    expect(await listContext(folder, ["node_modules", "apps"])).toEqual(["package.json"]);
  });

  it("prefers the ignore file of the Dockerfile itself", async () => {
    await put({ ".dockerignore": "a", "x.Dockerfile.dockerignore": "b" });
    expect(await readIgnorePatterns(folder, join(folder, "x.Dockerfile"))).toEqual(["b"]);
    expect(await readIgnorePatterns(folder, join(folder, "Dockerfile"))).toEqual(["a"]);
    expect(await readIgnorePatterns(join(folder, "none"), "y")).toEqual([]);
  });
});

it("finds base images through arguments and skips stages", () => {
  const dockerfile = [
    "ARG VERSION=1 ",
    "ARG OTHER",
    "FROM --platform=linux/amd64 base:${VERSION} AS build",
    "FROM build AS next",
    "FROM scratch",
    "from $OTHER",
    "FROM x:${MISSING:-7}",
  ].join("\n");
  expect(baseImagesOf(dockerfile, { OTHER: "other:2" })).toEqual(["base:1", "other:2", "x:7"]);
});

it("makes a valid repository name of any service name", () => {
  expect(buildTag("My_Web.App-", "0123456789abcdef0123456789abcdef9999")).toBe(
    "gauntlet-build/my-web-app:0123456789abcdef0123456789abcdef",
  );
});
