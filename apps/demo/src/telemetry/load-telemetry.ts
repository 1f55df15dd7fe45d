import type { Telemetry } from './telemetry.ts';

/** Where all copies of `@opentelemetry/api` 1 keep what an SDK has registered. */
const registry = Symbol.for('opentelemetry.js.api.1');

/**
 * Telemetry for node `id`, if the process has loaded an SDK of OpenTelemetry: `node --import` does
 * that before anything else. Without one nothing is loaded here, either.
 *
 * @param onNotice - Told if there is one that cannot be used.
 */
export async function loadTelemetry(
  id: string,
  onNotice: (text: string) => void,
): Promise<Telemetry | undefined> {
  const registered: unknown = Reflect.get(globalThis, registry);
  if (typeof registered !== 'object' || registered === null) return undefined;
  if (!('trace' in registered)) return undefined;
  const { isReachable, OtelTelemetry } = await import('./otel-telemetry.ts');
  if (isReachable(registered.trace)) return new OtelTelemetry(id);
  const version: unknown = Reflect.get(registered, 'version');
  onNotice(`no traces: expected @opentelemetry/api 1.9 or later, got ${String(version)}`);
  return undefined;
}
