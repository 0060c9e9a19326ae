export { percentile, type Summary, summarize } from "./summary.ts";
