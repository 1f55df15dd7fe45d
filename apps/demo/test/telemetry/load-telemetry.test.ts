import { context, propagation, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, expect, test } from 'vitest';

import { loadTelemetry } from '../../src/telemetry/load-telemetry.ts';
import { OtelTelemetry } from '../../src/telemetry/otel-telemetry.ts';

const registry = Symbol.for('opentelemetry.js.api.1');

afterEach(() => {
  for (const api of [trace, context, propagation]) api.disable();
  Reflect.deleteProperty(globalThis, registry);
});

async function load(): Promise<{ readonly found: unknown; readonly notices: string[] }> {
  const notices: string[] = [];
  const found = await loadTelemetry('n1', (text) => notices.push(text));
  return { found, notices };
}

test('without an SDK there is none, and no word of it', async () => {
  expect(await load()).toEqual({ found: undefined, notices: [] });
});

test('an SDK that is registered is used', async () => {
  new NodeTracerProvider().register();
  const { found, notices } = await load();
  expect(found).toBeInstanceOf(OtelTelemetry);
  expect(notices).toEqual([]);
});

test('an SDK of an older API is named, since it would get nothing', async () => {
  Reflect.set(globalThis, registry, { version: '1.4.0', trace: {} });
  expect(await load()).toEqual({
    found: undefined,
    notices: ['no traces: expected @opentelemetry/api 1.9 or later, got 1.4.0'],
  });
});
