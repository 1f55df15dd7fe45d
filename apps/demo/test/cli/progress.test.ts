import { expect, test } from 'vitest';

import { progressOn } from '../../src/cli/progress.ts';

function progress(isTTY: boolean) {
  let nowMs = 0;
  const written: string[] = [];
  const stream = { isTTY, columns: 20, write: (text: string) => written.push(text) };
  const shown = progressOn(stream, () => nowMs);
  return { shown, written, pass: (ms: number) => (nowMs += ms) };
}

test('on a terminal it is one line that changes, within its width', () => {
  const { shown, written, pass } = progress(true);
  shown.show('1 of 9');
  shown.show('not so often');
  pass(100);
  shown.show('2 of 9, and a text that is long');
  shown.clear();
  shown.clear();
  expect(written).toEqual(['\r\u001B[2K1 of 9', '\r\u001B[2K2 of 9, and a text ', '\r\u001B[2K']);
});

test('elsewhere it is a line now and then, and nothing for what is soon over', () => {
  const { shown, written, pass } = progress(false);
  shown.show('1 of 9');
  pass(10_000);
  shown.show('2 of 9');
  pass(9_999);
  shown.show('3 of 9');
  shown.clear();
  expect(written).toEqual(['2 of 9\n']);
});
