import { expect, test } from 'vitest';

import { checkReplacement } from '../src/check-replacement.ts';
import { BeforeHistoryError, ForkedReplicaError } from '../src/errors.ts';
import { saveShallow } from '../src/text/shallow-file.ts';
import { TextDocument } from '../src/text/text-document.ts';

const loaded = (bytes: Uint8Array, replicaId: string): TextDocument =>
  TextDocument.load(bytes, { replicaId });

function typed(replicaId: string, text: string): TextDocument {
  const document = new TextDocument({ replicaId });
  document.insert(0, text);
  return document;
}

test('who has all, and perhaps more, may take the place; who lacks something may not', () => {
  const ann = typed('ann', 'text');
  const ahead = ann.fork({ replicaId: 'ahead' });
  ahead.insert(0, 'more ');
  checkReplacement(ann, ann.fork({ replicaId: 'equal' }));
  checkReplacement(ann, ahead);
  expect(() => checkReplacement(ahead, ann)).toThrow(BeforeHistoryError);
});

test('the same where the past is trimmed', () => {
  const ann = typed('ann', 'text');
  const old = ann.fork({ replicaId: 'old' });
  ann.delete(0, 2);
  const trimmed = loaded(saveShallow(ann), 'trimmed');
  checkReplacement(old, trimmed);
  checkReplacement(trimmed, ann);
  expect(() => checkReplacement(trimmed, old)).toThrow(BeforeHistoryError);
  old.insert(0, 'beside ');
  expect(() => checkReplacement(old, trimmed)).toThrow(BeforeHistoryError);
});

test('another history under the same id is told, whichever is longer', () => {
  const [short, long] = [typed('ann', 'text'), typed('ann', 'other text')];
  expect(() => checkReplacement(short, long)).toThrow(ForkedReplicaError);
  expect(() => checkReplacement(long, short)).toThrow(ForkedReplicaError);
});
