/** Spans of requests over three nodes, as OpenTelemetry's own SDK gets them. */
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { OtelTelemetry } from '../../src/telemetry/otel-telemetry.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const exporter = new InMemorySpanExporter();

beforeAll(() => {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
});
afterAll(() => {
  for (const api of [trace, context, propagation]) api.disable();
});
beforeEach(() => exporter.reset());

const nodeOf = ({ attributes }: ReadableSpan): unknown => attributes['corkboard.node'];

/** `n1 SERVER GET /v1/… > n1 CLIENT boards/ask > …`: a span and those that it belongs to. */
function pathTo(span: ReadableSpan, spans: readonly ReadableSpan[]): string {
  const text = `${String(nodeOf(span))} ${SpanKind[span.kind]} ${span.name}`;
  const parent = spans.find(
    (other) => other.spanContext().spanId === span.parentSpanContext?.spanId,
  );
  return parent === undefined ? text : `${pathTo(parent, spans)} > ${text}`;
}

async function started(): Promise<SimulatedCluster> {
  const cluster = new SimulatedCluster({
    nodeCount: 5,
    telemetryOf: (id) => new OtelTelemetry(id),
  });
  await cluster.elect();
  return cluster;
}

function create(cluster: SimulatedCluster, id: SimulatedCluster['ids'][number], key: string) {
  return cluster.request(id, '/v1/boards', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, traceparent },
    body: JSON.stringify({ title: 'Traced' }),
  });
}

describe('a request that is traced', () => {
  test('is one trace from the gateway over the owner to the second owner', async () => {
    const cluster = await started();
    // Whoever is no owner of a board hands it on: with five nodes there are two of them for each.
    const seen: string[] = [];
    const nodesOf = new Map<string, Set<unknown>>();
    for (const id of cluster.ids) {
      exporter.reset();
      expect((await create(cluster, id, `made through ${id}`)).status).toBe(201);
      const spans = exporter.getFinishedSpans();
      for (const span of spans) expect(span.spanContext().traceId).toBe(traceId);
      nodesOf.set(id, new Set(spans.map(nodeOf)));
      seen.push(...spans.map((span) => pathTo(span, spans)));
    }
    const hops = [
      String.raw`(n\d) SERVER POST /v1/boards`,
      String.raw`\1 CLIENT boards/ask > (n\d) SERVER boards/ask`,
      String.raw`\2 CLIENT boards/\w+ > (n\d) SERVER boards/\w+`,
    ];
    const whole = seen.filter((path) => new RegExp(`^${hops.join(' > ')}$`).test(path));
    expect(whole, seen.join('\n')).not.toEqual([]);
    expect(Math.max(...[...nodesOf.values()].map(({ size }) => size))).toBeGreaterThanOrEqual(3);
  });

  test('tells what Raft is asked, and how that ended', async () => {
    const cluster = await started();
    const leader = await cluster.elect();
    const follower = await cluster.follower();
    expect((await cluster.put(follower, 'key', 'value', { traceparent })).status).toBe(201);
    const spans = exporter.getFinishedSpans();
    const proposal = spans.find(({ name }) => name === 'raft propose');
    expect(proposal?.attributes).toMatchObject({
      'corkboard.node': follower,
      'raft.outcome': 'committed',
    });
    expect(pathTo(proposal!, spans)).toBe(
      `${follower} SERVER PUT /v1/config/* > ${follower} INTERNAL raft propose`,
    );
    exporter.reset();
    await cluster.get(leader, 'key');
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toContain('raft read');
  });

  test('without headers begins a trace of its own', async () => {
    const cluster = await started();
    await cluster.get(cluster.ids[0]!, 'none', 'stale');
    const span = exporter.getFinishedSpans().find(({ name }) => name === 'GET /v1/config/*');
    expect(span).toBeDefined();
    expect(span?.spanContext().traceId).not.toBe(traceId);
    expect(span?.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 404,
    });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('has the error that ended it', async () => {
    const cluster = await started();
    const [first, ...others] = cluster.ids;
    cluster.simulation.partition([first!], others);
    const { status } = await cluster.put(first!, 'key', 'value');
    expect(status).toBeGreaterThanOrEqual(500);
    const root = exporter.getFinishedSpans().find(({ kind }) => kind === SpanKind.SERVER);
    expect(root?.status.code).toBe(SpanStatusCode.ERROR);
  });
});

test('what nodes do by themselves is told to nobody', async () => {
  const cluster = await started();
  await cluster.simulation.run(10_000);
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test('a trace that is not collected is not taken on', async () => {
  const cluster = await started();
  const headers = { traceparent: traceparent.replace(/01$/, '00') };
  expect((await cluster.put(cluster.ids[0]!, 'key', 'value', headers)).status).toBe(201);
  expect(exporter.getFinishedSpans()).toEqual([]);
});
