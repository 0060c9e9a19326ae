import { expect, it } from "vitest";
import { UsageError } from "#core/errors";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { asRunFolderError, RunFolder } from "./run-folder.ts";

it.each([
  ["a file in the way", { runs: "" }],
  ["a file system that takes none", {}],
])("says what to do about %s @req:A1", async (_, files) => {
  await using folder = await temporaryFolder("runs" in files ? files : {});
  const path = "runs" in files ? folder.file("runs") : "/proc/nowhere";
  await expect(RunFolder.create(path, "pr", 0)).rejects.toMatchObject({
    code: "REPORT_FOLDER",
    exitCode: 6,
    message: expect.stringContaining(`cannot write the run folder ${path}/19700101-000000-`),
    hint: expect.stringContaining("--output"),
  });
});

it("says that the disk is full, and leaves other errors alone", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  expect(asRunFolderError(full, "/runs/1")).toMatchObject({
    code: "DISK_FULL",
    exitCode: 6,
    message: "cannot write the run folder /runs/1: the disk is full",
  });
  for (const other of [new UsageError("no"), new TypeError("no"), "no"])
    expect(asRunFolderError(other, "/runs/1")).toBe(other);
});
