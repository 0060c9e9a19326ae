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
export { type GroundTruth, groundTruthOf, type TenantTruth } from "./seed/ground-truth.ts";
export { type CheckedSeedConfig, type SeedConfig, seedSchema } from "./seed/schema.ts";
export {
  type SeedDestination,
  type SeedIo,
  type SeedOutcome,
  seedEnvironment,
} from "./seed/seed-environment.ts";
export { seedStage } from "./seed/seed-stage.ts";
export { type JsonLogsSinkOptions, jsonLogsSink } from "./sinks/json-logs-sink.ts";
export { type PeopleSinkOptions, peopleSink } from "./sinks/people-sink.ts";
export { type RemoteWriteSinkOptions, remoteWriteSink } from "./sinks/remote-write-sink.ts";
export type { DeliveryCount, Signal, Sink, SinkIo } from "./sinks/sink.ts";
export { tracesFileSink } from "./sinks/traces-file-sink.ts";
