import protobuf from "protobufjs/minimal.js";
import type { PrometheusSeries } from "./prometheus-series.ts";

/**
 * The body of a Prometheus remote write 1.0 request, before compression: message WriteRequest of prompb/remote.proto,
 * fields written as numbered there.
 */
export function encodeWriteRequest(
  series: readonly PrometheusSeries[],
  timestampsMs: readonly number[],
): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const one of series) {
    // WriteRequest.timeseries = 1
    writer.uint32(message(1)).fork();
    // TimeSeries: labels = 1, samples = 2, exemplars = 3
    writeLabels(writer, one.labels);
    one.values.forEach((value, at) => {
      writer.uint32(message(2)).fork();
      writePoint(writer, value, timestampsMs[at] as number, { value: 1, timestamp: 2 });
      writer.ldelim();
    });
    for (const exemplar of one.exemplars) {
      writer.uint32(message(3)).fork();
      writeLabels(writer, exemplar.labels);
      writePoint(writer, exemplar.value, exemplar.timestampMs, { value: 2, timestamp: 3 });
      writer.ldelim();
    }
    writer.ldelim();
  }
  return writer.finish();
}

/** Label: name = 1, value = 2. */
function writeLabels(writer: protobuf.Writer, labels: PrometheusSeries["labels"]): void {
  for (const [name, value] of labels) {
    writer.uint32(message(1)).fork();
    writer.uint32(message(1)).string(name).uint32(message(2)).string(value);
    writer.ldelim();
  }
}

function writePoint(
  writer: protobuf.Writer,
  value: number,
  timestampMs: number,
  field: { value: number; timestamp: number },
): void {
  // proto3 leaves zeros out.
  if (value !== 0) writer.uint32((field.value << 3) | fixed64).double(value);
  if (timestampMs !== 0) writer.uint32((field.timestamp << 3) | varint).int64(timestampMs);
}

// Wire types of protocol buffers.
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;

function message(field: number): number {
  return (field << 3) | lengthDelimited;
}
