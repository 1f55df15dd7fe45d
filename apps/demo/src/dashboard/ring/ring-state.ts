/** The ring that is drawn, and the change that is tried. */
import { computed, effect, signal, untracked } from '@preact/signals';

import type { RingPlan } from '../../placement/ring-plan.ts';
import { refusal } from '../actions.ts';
import { view } from '../feed.ts';
import { source } from '../source/source.ts';

/** As of the last time that members or boards changed. */
export const plan = signal<RingPlan | undefined>(undefined);
/** As a part of an address: `add=n6`, `remove=n2`, or nothing. */
export const change = signal('');

/** Changes when what is drawn does. */
const mark = computed(() => {
  const boards = (view.value?.nodes ?? []).flatMap(({ status }) => status?.boards ?? []);
  const epoch = Math.max(0, ...boards.map((each) => each.epoch));
  const names = new Set(boards.flatMap(({ digests }) => Object.keys(digests)));
  return boards.length === 0 ? '' : `${epoch} ${names.size}`;
});

/** Keeps the plan up to date. @returns What ends it. */
export function followRing(): () => void {
  return effect(() => {
    const query = change.value;
    if (mark.value !== '') void untracked(() => ask(query));
  });
}

async function ask(query: string): Promise<void> {
  const response = await source.request(`/api/ring?${query}`, { method: 'GET' });
  if (query !== change.value) return;
  if (response.ok) plan.value = (await response.json()) as RingPlan;
  else refusal.value = 'This change does not fit the members.';
}
