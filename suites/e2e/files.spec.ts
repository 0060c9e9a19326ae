import { readFile } from "node:fs/promises";
import { uniqueWord, upload } from "../support/observastack.ts";
import { expect, test } from "./fixtures.ts";

test.describe("files @req:B4 @req:G8", () => {
  test("uploads, downloads the same bytes and deletes", async ({ signIn }) => {
    const name = `${uniqueWord("file-")}.txt`;
    const page = await signIn("editor", { path: "/files" });
    await page
      .getByLabel("Choose files to upload")
      .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(`bytes of ${name}`) });
    await expect(page.getByRole("list", { name: "Uploads" })).toContainText("Uploaded");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: `Download ${name}` }).click();
    expect(await readFile(await (await download).path(), "utf8")).toBe(`bytes of ${name}`);
    await page.getByRole("button", { name: `Delete ${name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete file" }).click();
    await expect(page.getByText(`${name} deleted.`)).toBeVisible();
    await expect(page.getByTestId("file-row").filter({ hasText: name })).toHaveCount(0);
  });

  test("lets a viewer look but not change", async ({ editor, signIn }) => {
    const name = `${uniqueWord("file-")}.txt`;
    await upload(editor, name, "x");
    const page = await signIn("viewer", { path: "/files" });
    await expect(page.getByRole("button", { name: `Download ${name}` })).toBeVisible();
    await expect(page.getByLabel("Choose files to upload")).toHaveCount(0);
    await expect(page.getByRole("button", { name: `Delete ${name}` })).toHaveCount(0);
  });
});
