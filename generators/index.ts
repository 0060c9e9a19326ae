export { SeedError, type SeedErrorCode } from "./errors.ts";
export { digestOf, generateSample, type SampleOptions } from "./sample/generate-sample.ts";
export type {
  Attributes,
  CounterSeries,
  Exemplar,
  HistogramSeries,
  LogLevel,
  LogRecord,
  Person,
  RedMetrics,
  Role,
  Sample,
  Span,
  TenantSample,
} from "./sample/sample.ts";
