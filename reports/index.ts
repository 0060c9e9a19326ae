export { type AllureOptions, writeAllureReport } from "./allure/allure-report.ts";
export { mergeBundles, type SuiteEvidence } from "./bundle/merge-bundles.ts";
export {
  type BundleEnd,
  type BundleOptions,
  type BundleWriter,
  type NewMetric,
  type NewTest,
  openBundle,
} from "./bundle/open-bundle.ts";
export { countsOf, outcomesOf, type TestOutcome } from "./bundle/outcomes.ts";
export { type Bundle, readBundle } from "./bundle/read-bundle.ts";
export type {
  Attachment,
  BundleCounts,
  BundleStatus,
  Histogram,
  Manifest,
  MetricKind,
  MetricRecord,
  TestError,
  TestRecord,
  TestStatus,
} from "./bundle/records.ts";
export { fingerprintOf, testErrorOf } from "./bundle/test-error.ts";
export { posixFile, requirementsOf, type TestIdentity, testId, titleText } from "./bundle/test-identity.ts";
export {
  type CoverageRow,
  loadRequirements,
  type PassedTest,
  passedTestsOf,
  type Requirement,
  type RequirementCoverage,
  requirementCoverage,
} from "./coverage.ts";
export { ReportError } from "./errors.ts";
export { type Published, type PublishFailure, publishToGitHub } from "./github/publish.ts";
export { type GitHubContext, type GitHubTarget, gitHubContext } from "./github/target.ts";
export { type K6ReaderOptions, readK6Summary } from "./readers/k6.ts";
export { readPlaywrightReport } from "./readers/playwright.ts";
export type { ReaderOptions, ReadResults } from "./readers/results.ts";
export { readVitestReport } from "./readers/vitest.ts";
export { canonicalJson } from "./verdict/canonical-json.ts";
export { statusOfVerdict } from "./verdict/status-of-verdict.ts";
export {
  type RuleResult,
  type SuiteResult,
  type VerdictDocument,
  verdictDocumentSchema,
} from "./verdict/verdict-document.ts";
export { writeCtrf } from "./writers/ctrf.ts";
export { writeJUnit } from "./writers/junit.ts";
export { markdownSummary, writeMarkdownSummary } from "./writers/markdown.ts";
export type { RunFacts, RunReport } from "./writers/run-report.ts";
export { type Finding, sarifLog } from "./writers/sarif.ts";
export {
  renderTerminalSummary,
  renderVerdict,
  type TerminalOptions,
  wantsColour,
} from "./writers/terminal.ts";
