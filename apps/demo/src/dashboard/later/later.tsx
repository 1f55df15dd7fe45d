/** Parts of the page whose scripts come once the first screen is seen. */
import { signal } from '@preact/signals';

import { seen } from '../source/seen.ts';
import type { LaterId, laterParts } from './parts.ts';

const parts = signal<typeof laterParts | undefined>(undefined);
const hasFailed = signal(false);

/** Shows a part as soon as it is there. */
export function Later({ id }: { readonly id: LaterId }) {
  const Part = parts.value?.[id];
  if (Part !== undefined) return <Part />;
  return (
    <p class="panel full empty" role="status">
      {hasFailed.value ? 'This part of the page could not be loaded.' : 'Loading …'}
    </p>
  );
}

/** Loads all of them, after the page is seen for the first time. */
export async function loadLater(): Promise<void> {
  await seen();
  try {
    parts.value = (await import('./parts.ts')).laterParts;
  } catch {
    hasFailed.value = true;
  }
}
