import { exitCodes } from "#core/verdict";
import { prometheusSeriesOf } from "../encoders/prometheus-series.ts";
import { SeedError } from "../errors.ts";
import type { Sample, TenantSample } from "../sample/sample.ts";
import type { DeliveryCount, Signal, Sink } from "../sinks/sink.ts";

/**
 * generated = sent = accepted + rejected, with `generated` counted from the sample and not by the sink; and since
 * every record of a sample is valid, none may be rejected. Throws SeedError.
 */
export function reconcile(sample: Sample, sink: Pick<Sink, "name" | "signal">, count: DeliveryCount): void {
  const generated = sample.tenants.reduce((sum, tenant) => sum + generatedOf[sink.signal](tenant), 0);
  const isBalanced =
    count.generated === generated &&
    count.sent === generated &&
    count.accepted + count.rejected === count.sent;
  if (!isBalanced) {
    throw new SeedError(
      `${sink.name}: counts do not add up: ${generated} in the sample, ${count.generated} generated, ${count.sent} sent, ${count.accepted} accepted, ${count.rejected} rejected`,
      {
        code: "SEED_COUNT_MISMATCH",
        hint: "the receiver lost or doubled records; look at its log with gauntlet env logs",
        exitCode: exitCodes.environment,
      },
    );
  }
  if (count.rejected > 0) {
    const reasons = count.reasons?.length ? `: ${count.reasons.slice(0, 3).join(", ")}` : "";
    throw new SeedError(`${sink.name} rejected ${count.rejected} of ${count.sent} records${reasons}`, {
      code: "SEED_RECORDS_REJECTED",
      hint: "compare the receiver's record format with the field names in the seed section of the configuration",
      exitCode: exitCodes.environment,
    });
  }
}

const generatedOf: Readonly<Record<Signal, (tenant: TenantSample) => number>> = {
  people: ({ people }) => people.length,
  logs: ({ logs }) => logs.length,
  metrics: ({ metrics }) => prometheusSeriesOf(metrics).length * metrics.timestampsMs.length,
  traces: ({ spans }) => spans.length,
};
