import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.ts";

const grave = (violations: { id: string; impact?: string | null; nodes: { html: string }[] }[]) =>
  violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);

test.describe("accessibility @req:B4", () => {
  test("login has no serious finding", async ({ page }) => {
    await page.goto("/login");
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(grave((await new AxeBuilder({ page }).analyze()).violations)).toEqual([]);
  });

  for (const [path, heading] of [
    ["/logs", "Logs"],
    ["/files", "Files"],
  ] as const) {
    test(`${path} has no serious finding`, async ({ signIn }) => {
      const page = await signIn("editor", { path });
      await expect(page.getByRole("heading", { name: heading, exact: true })).toBeVisible();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      expect(grave((await new AxeBuilder({ page }).analyze()).violations)).toEqual([]);
    });
  }

  test("search works by keyboard alone", async ({ signIn }) => {
    const page = await signIn("viewer");
    await page.getByRole("heading", { name: "Logs" }).click();
    await page.keyboard.press("/");
    await expect(page.getByRole("searchbox", { name: "Search logs" })).toBeFocused();
    await page.keyboard.type("request");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/q=request/);
  });
});
