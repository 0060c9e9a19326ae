import { test as base, expect, type Page } from "@playwright/test";
import { login, type Role, type Session, system, tenants } from "../support/observastack.ts";

interface Fixtures {
  /** Signs in through the page as that person, and waits until the page is theirs. */
  signIn: (role: Role, options?: { tenant?: string; path?: string }) => Promise<Page>;
  /** The same person's session at the api, to prepare data. */
  editor: Session;
}

export const test = base.extend<Fixtures>({
  signIn: async ({ page }, use) => {
    await use(async (role, { tenant = tenants.ours, path = "/login" } = {}) => {
      await page.goto(path);
      await page.getByRole("textbox", { name: "Tenant" }).fill(tenant);
      await page.getByRole("textbox", { name: "Username" }).fill(role);
      await page.getByLabel("Password", { exact: true }).fill(system.secret("users_password"));
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
      return page;
    });
  },
  editor: async ({ browserName: _ }, use) => {
    await use(await login("editor"));
  },
});

/** Types a search and waits until the results belong to it. */
export async function searchFor(page: Page, words: string): Promise<void> {
  await page.getByRole("searchbox", { name: "Search logs" }).fill(words);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`[?&]q=${words}(&|$)`));
  await expect(page.getByRole("region", { name: "Results" })).toHaveAttribute("aria-busy", "false");
}

export { expect };
