import { effect, signal } from '@preact/signals';

type Theme = 'auto' | 'dark' | 'light';

const storageKey = 'quorate-demo-theme';
const order: readonly Theme[] = ['auto', 'dark', 'light'];

function stored(): Theme {
  const text = localStorage.getItem(storageKey);
  return order.find((theme) => theme === text) ?? 'auto';
}

/** What the reader chose; 'auto' follows the system. */
export const theme = signal<Theme>(stored());

/** Goes to the next theme. */
export function chooseTheme(): void {
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'auto';
}

effect(() => {
  localStorage.setItem(storageKey, theme.value);
  if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
});
