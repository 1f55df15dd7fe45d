import { effect, signal } from '@preact/signals';

import { type ScreenId, type ScreenInfo, screenOf } from './screens.ts';

/** The screen that is shown. What stands in the address after `?` is not looked at. */
export const screen = signal<ScreenInfo>(screenOf(location.hash));

/**
 * Opens a screen; the browser's way back leads to the one before.
 *
 * A run stands in the address of the newest screen only: to go back to a screen must not wind the
 * run back to when it was left.
 */
export function openScreen(id: ScreenId): void {
  const [, query] = location.hash.split('?');
  history.replaceState(history.state, '', `#${screen.value.id}`);
  history.pushState(null, '', query === undefined ? `#${id}` : `#${id}?${query}`);
  show();
}

function show(): void {
  screen.value = screenOf(location.hash);
  scrollTo(0, 0);
}

/** Follows the address from now on. */
export function followAddress(): void {
  addEventListener('hashchange', show);
  effect(() => {
    document.title = `${screen.value.title} · Corkboard`;
  });
}
