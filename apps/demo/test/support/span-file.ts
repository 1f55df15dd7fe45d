/** An SDK of OpenTelemetry as a user would load it by `--import`: spans go to a file, as lines. */
import { appendFileSync } from 'node:fs';

import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** A line of the file. */
export interface WrittenSpan {
  readonly pid: number;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly node: unknown;
}

const file = process.env['QUORATE_TEST_SPANS'] ?? '';

function lineOf(span: ReadableSpan): string {
  const written: WrittenSpan = {
    ...{ pid: process.pid, name: span.name, node: span.attributes['corkboard.node'] },
    ...{ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId },
    parentId: span.parentSpanContext?.spanId,
  };
  return `${JSON.stringify(written)}\n`;
}

class FileExporter extends InMemorySpanExporter {
  override export(...[spans, done]: Parameters<InMemorySpanExporter['export']>): void {
    appendFileSync(file, spans.map(lineOf).join(''));
    super.export(spans, done);
  }
}

new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new FileExporter())],
}).register();
