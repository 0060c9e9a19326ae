import { createPrivateKey } from "node:crypto";
import { expect, it } from "vitest";
import { checkedConfig, smallConfig } from "../testing/small-config.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { GauntletConfig } from "./schema.ts";
import { resolveSecrets } from "./secrets.ts";

function loadedWith(folder: string, secrets: GauntletConfig["environment"]["secrets"]) {
  const written = { ...smallConfig, environment: { ...smallConfig.environment, secrets } };
  const config = checkedConfig(written);
  return { file: `${folder}/gauntlet.config.ts`, folder, config, written };
}

it("makes new ones for each run, and takes the rest from where the references point @req:A7", async () => {
  await using folder = await temporaryFolder({ "secrets/license": "from a file" });
  const loaded = loadedWith(folder.path, {
    password: { generate: "password" },
    aes: { generate: "aes-key" },
    rsa: { generate: "rsa-key" },
    token: { env: "SHOP_TOKEN" },
    license: { file: "secrets/license" },
  });
  const first = resolveSecrets(loaded, { SHOP_TOKEN: "from outside" });
  expect(first).toMatchObject({ token: "from outside", license: "from a file" });
  expect(first["password"]).toMatch(/^[\w-]{24}$/);
  expect(Buffer.from(first["aes"] ?? "", "base64")).toHaveLength(32);
  expect(createPrivateKey(first["rsa"] ?? "").asymmetricKeyDetails?.modulusLength).toBe(2048);
  const second = resolveSecrets(loaded, { SHOP_TOKEN: "from outside" });
  for (const name of ["password", "aes", "rsa"]) expect(second[name]).not.toBe(first[name]);
});

it("names every missing one at once, never what another holds", async () => {
  await using folder = await temporaryFolder();
  const loaded = loadedWith(folder.path, {
    token: { env: "SHOP_TOKEN" },
    there: { env: "SHOP_OTHER" },
    license: { file: "license" },
  });
  const attempt = () => resolveSecrets(loaded, { SHOP_OTHER: "canary" });
  expect(attempt).toThrow(
    expect.objectContaining({
      exitCode: 2,
      problems: [
        { path: "environment.secrets.token", message: "variable SHOP_TOKEN is not set" },
        { path: "environment.secrets.license", message: expect.stringContaining("ENOENT") },
      ],
    }),
  );
  expect(attempt).not.toThrow("canary");
});
