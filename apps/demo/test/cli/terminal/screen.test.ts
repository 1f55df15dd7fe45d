import { expect, test } from 'vitest';

import { Screen } from '../../../src/cli/terminal/screen.ts';

function screen() {
  const written: string[] = [];
  const shown = new Screen({ write: (text) => written.push(text) });
  return { shown, take: () => written.splice(0).join('') };
}

test('only lines that changed are sent, in one update', () => {
  const { shown, take } = screen();
  expect(take()).toContain('\u001B[?1049h');
  shown.draw(['one', 'two']);
  take();
  shown.draw(['one', '2']);
  expect(take()).toBe('\u001B[?2026h\u001B[2;1H2\u001B[0m\u001B[K\u001B[?2026l');
  shown.draw(['one', '2']);
  expect(take()).toBe('');
  shown.draw(['one']);
  expect(take()).toContain('\u001B[2;1H\u001B[0m\u001B[K');
});

test('after another size all of it is sent', () => {
  const { shown, take } = screen();
  shown.draw(['one']);
  shown.forget();
  take();
  shown.draw(['one']);
  expect(take()).toContain('one');
});

test('the terminal is given back once, and left alone then', () => {
  const { shown, take } = screen();
  take();
  shown.close();
  expect(take()).toBe('\u001B[?7h\u001B[?25h\u001B[?1049l');
  shown.close();
  shown.draw(['one']);
  shown.forget();
  expect(take()).toBe('');
});
