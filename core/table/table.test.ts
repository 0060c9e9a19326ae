import { expect, it } from "vitest";
import { table } from "./index.ts";

it("lines columns up and leaves no blanks at the end of a line", () => {
  expect(
    table(
      ["name", "state"],
      [
        ["a-long-name", "ok"],
        ["b", ""],
      ],
    ),
  ).toBe("name         state\na-long-name  ok\nb");
  expect(table(["only"], [])).toBe("only");
});
