import { effect, signal } from '@preact/signals';

import { type ScreenId, type ScreenInfo, screenOf } from './screens.ts';

/** The screen that is shown. What stands in the address after `?` is not looked at. */
export const screen = signal<ScreenInfo>(screenOf(location.hash));

/** Opens a screen; the browser's way back leads to the one before. */
export function openScreen(id: ScreenId): void {
  const [, query] = location.hash.split('?');
  location.hash = query === undefined ? id : `${id}?${query}`;
}

/** Follows the address from now on. */
export function followAddress(): void {
  addEventListener('hashchange', () => {
    screen.value = screenOf(location.hash);
    scrollTo(0, 0);
  });
  effect(() => {
    document.title = `${screen.value.title} · Corkboard`;
  });
}
