import { system } from "../support/observastack.ts";
import { expect, test } from "./fixtures.ts";

test.describe("login @req:B4 @req:G1", () => {
  test("shows who is in and for which tenant, and lets them out again", async ({ signIn }) => {
    const page = await signIn("viewer");
    await expect(page.getByTestId("tenant")).toContainText("acme");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("status")).toContainText("signed out");
    await page.goto("/logs");
    await expect(page).toHaveURL(/\/login/);
  });

  test("refuses a wrong password without saying what was wrong", async ({ page }) => {
    await page.goto("/login");
    await page.getByRole("textbox", { name: "Tenant" }).fill("acme");
    await page.getByRole("textbox", { name: "Username" }).fill("viewer");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toHaveText(/Tenant, username or password is not right/);
  });

  test("returns to where a person wanted to go", async ({ signIn }) => {
    const page = await signIn("viewer", { path: "/logs?level=error" });
    await expect(page).toHaveURL(/\/logs\?level=error/);
    await expect(page.getByRole("radio", { name: "Error" })).toBeChecked();
  });

  test("asks to sign in again when the session was ended elsewhere", async ({ signIn }) => {
    const page = await signIn("viewer");
    await expect(page.getByTestId("log-row").first()).toBeVisible();
    await page.route("**/api/logs*", (route) =>
      route.fulfill({ status: 401, contentType: "application/problem+json", body: "{}" }),
    );
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(page.getByRole("alert")).toContainText("session has ended");
  });

  test("keeps passwords out of the address and the storage", async ({ signIn }) => {
    const page = await signIn("viewer");
    const kept = await page.evaluate<string>(
      "JSON.stringify([location.href, { ...sessionStorage }, { ...localStorage }])",
    );
    expect(kept).not.toContain(system.secret("users_password"));
  });
});
