import { ingest, logRecord, tenants, uniqueWord } from "../support/observastack.ts";
import { expect, searchFor, test } from "./fixtures.ts";

test.describe("log search @req:B4 @req:G1", () => {
  test("finds a line, shows its details and follows its trace", async ({ editor, signIn }) => {
    const word = uniqueWord();
    const traceId = crypto.randomUUID().replaceAll("-", "");
    await ingest(editor, [
      logRecord({ message: `order ${word} refused`, level: "error", service: "checkout", trace_id: traceId }),
      logRecord({ message: "card declined", level: "warn", service: "payment", trace_id: traceId }),
    ]);
    const page = await signIn("viewer");
    await searchFor(page, word);
    await expect(page.getByTestId("log-total")).toHaveText("1 result");
    await expect(page.getByTestId("log-row")).toContainText(`order ${word} refused`);
    await page.getByRole("button", { name: /^Details of/ }).click();
    await page
      .getByTestId("log-detail")
      .getByRole("button", { name: new RegExp(traceId.slice(0, 8)) })
      .click();
    await expect(page).toHaveURL(new RegExp(`trace=${traceId}`));
  });

  test("replaces the results with those of the next search", async ({ editor, signIn }) => {
    const [first, second] = [uniqueWord(), uniqueWord()];
    await ingest(editor, [logRecord({ message: first }), logRecord({ message: second })]);
    const page = await signIn("viewer");
    await searchFor(page, first);
    await expect(page.getByTestId("log-row")).toContainText([first]);
    await searchFor(page, second);
    await expect(page.getByTestId("log-row")).toContainText([second]);
  });

  test("narrows by level and service and keeps the search in the address", async ({ editor, signIn }) => {
    const word = uniqueWord();
    await ingest(editor, [
      logRecord({ message: word, level: "warn", service: "cart" }),
      logRecord({ message: word, level: "error", service: "cart" }),
      logRecord({ message: word, level: "error", service: "payment" }),
    ]);
    const page = await signIn("viewer");
    await searchFor(page, word);
    await page.getByRole("radio", { name: "Error" }).check();
    await expect(page.getByTestId("log-total")).toHaveText("2 results");
    await page.getByRole("textbox", { name: "Service name" }).fill("cart");
    await page.getByRole("textbox", { name: "Service name" }).press("Enter");
    await expect(page.getByTestId("log-total")).toHaveText("1 result");
    await page.reload();
    await expect(page.getByTestId("log-total")).toHaveText("1 result");
  });

  test("says when nothing was found, and clears the way", async ({ signIn }) => {
    const page = await signIn("viewer");
    await searchFor(page, uniqueWord());
    await expect(page.getByTestId("no-logs")).toBeVisible();
    await page.getByRole("button", { name: "Clear search and filters" }).click();
    await expect(page.getByTestId("log-row").first()).toBeVisible();
  });

  test("shows one tenant nothing of another", async ({ editor, signIn }) => {
    const word = uniqueWord();
    await ingest(editor, [logRecord({ message: word })]);
    const page = await signIn("admin", { tenant: tenants.theirs });
    await searchFor(page, word);
    await expect(page.getByTestId("no-logs")).toBeVisible();
  });

  test("keeps the last results and offers to try again when the search fails", async ({ signIn }) => {
    const page = await signIn("viewer");
    await expect(page.getByTestId("log-row").first()).toBeVisible();
    await page.route("**/api/logs*", (route) => route.fulfill({ status: 503, body: "" }));
    await page.getByRole("searchbox", { name: "Search logs" }).fill("anything");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText("The search failed");
    await page.unroute("**/api/logs*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("alert")).toBeHidden();
  });
});
