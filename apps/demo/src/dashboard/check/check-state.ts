/** What the screen Check shows, and what it asks for. */
import { signal } from '@preact/signals';

import type { CheckCommand } from '../../check/check-routes.ts';
import type { CheckModel, CheckReport } from '../../check/check-report.ts';
import { act, refusal } from '../actions.ts';
import { source } from '../source/source.ts';

/** What is held to its promise. */
export const model = signal<CheckModel>('config');
/** What the last check found. */
export const report = signal<CheckReport | undefined>(undefined);
/** Whether one runs. */
export const isChecking = signal(false);
/** How far the counterexample has shrunk on the screen, as an index of its steps. */
export const step = signal(0);

const stepMs = 450;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Checks, and shows what was found. @param key - The key to draw; default any. */
export async function runCheck(key?: string): Promise<void> {
  isChecking.value = true;
  try {
    const command: CheckCommand = { kind: 'run', model: model.value, ...(key && { key }) };
    const body = JSON.stringify(command);
    const headers = { 'content-type': 'application/json' };
    const response = await source.request('/api/check', { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`check: ${response.status}`);
    report.value = (await response.json()) as CheckReport;
    refusal.value = undefined;
    shrink();
  } catch {
    refusal.value = 'The check could not be run.';
  } finally {
    isChecking.value = false;
  }
}

/** Asks for something else than a run. */
export function tellCheck(command: CheckCommand): void {
  void act('/api/check', command);
}

/** Stops the steps at one. */
export function holdAt(at: number): void {
  clearTimeout(timer);
  step.value = at;
}

/** Shows how the counterexample became small, step by step; at once for who wants no motion. */
function shrink(): void {
  const found = report.value;
  const last = found?.model === 'config' ? found.shrinking.length - 1 : 0;
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    holdAt(Math.max(0, last));
    return;
  }
  holdAt(0);
  const next = (): void => {
    if (step.value >= last) return;
    step.value += 1;
    timer = setTimeout(next, stepMs);
  };
  timer = setTimeout(next, stepMs);
}
