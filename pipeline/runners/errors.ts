import { GauntletError } from "#core/errors";

/** The runner of a suite broke; the suite's verdict is ERROR. */
export class SuiteCrashed extends GauntletError {
  override readonly name = "SuiteCrashed";

  constructor(suite: string, what: string, cause?: unknown) {
    super(`suite ${suite} crashed: ${what}`, {
      code: "SUITE_CRASHED",
      hint: `gauntlet run --suite ${suite} repeats it alone`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** The suite took longer than its configuration allows; its verdict is ERROR. */
export class SuiteTimedOut extends GauntletError {
  override readonly name = "SuiteTimedOut";

  constructor(limitMs: number) {
    super(`took longer than ${limitMs / 1000} s`, {
      code: "SUITE_TIMED_OUT",
      hint: "raise the suite's `timeoutMs`, or split the suite",
    });
  }
}
