import { describe, expect, test } from 'vitest';

import { mark, runs, unmark } from '../../src/text/marking.ts';
import { TextDocument } from '../../src/text/text-document.ts';

// Pitfall 28: marks at the edges of what they cover, and several at once (Peritext, examples).

function documentOf(text: string): TextDocument {
  const document = new TextDocument({ replicaId: 'origin' });
  document.insert(0, text);
  return document;
}

/** What a user sees: stretches of text, each with its marks. */
function shown(document: TextDocument): string[] {
  return runs(document).map(({ start, end, marks }) => {
    const names = [...marks].map(([key, value]) =>
      value === true ? key : `${key}=${JSON.stringify(value)}`,
    );
    return [document.slice(start, end), ...names].join(' ');
  });
}

/** Both take in what the other has, and must agree. */
function sync(left: TextDocument, right: TextDocument): string[] {
  for (const update of left.updatesSince(right.encodeVersion())) right.apply(update);
  for (const update of right.updatesSince(left.encodeVersion())) left.apply(update);
  expect(shown(left)).toEqual(shown(right));
  return shown(left);
}

function pair(text: string): [TextDocument, TextDocument] {
  const origin = documentOf(text);
  return [origin.fork({ replicaId: 'ann' }), origin.fork({ replicaId: 'bob' })];
}

test('1: overlapping marks of one kind and value are one stretch', () => {
  const [ann, bob] = pair('The fox jumped.');
  mark(ann, 0, 7, 'bold', true);
  mark(bob, 4, 14, 'bold', true);

  expect(sync(ann, bob)).toEqual(['The fox jumped bold', '.']);
});

test('2: overlapping marks of two kinds are both there where they overlap', () => {
  const [ann, bob] = pair('The fox jumped.');
  mark(ann, 0, 7, 'bold', true);
  mark(bob, 4, 14, 'italic', true);

  expect(sync(ann, bob)).toEqual(['The  bold', 'fox bold italic', ' jumped italic', '.']);
});

test('3: of two values of one kind, one wins on what they share, on both', () => {
  const [ann, bob] = pair('The fox jumped.');
  mark(ann, 0, 7, 'color', 'red');
  mark(bob, 4, 14, 'color', 'blue');

  expect(sync(ann, bob)).toEqual(['The  color="red"', 'fox jumped color="blue"', '.']);
});

test('4: bold is taken away from a part while another part is made bold', () => {
  const [ann, bob] = pair('The fox jumped.');
  mark(ann, 0, 15, 'bold', true);
  sync(ann, bob);
  unmark(ann, 0, 7, 'bold');
  mark(bob, 4, 10, 'italic', true);

  expect(sync(ann, bob)).toEqual(['The ', 'fox italic', ' ju bold italic', 'mped. bold']);
});

test('5: text that comes into the middle of a mark meanwhile is marked', () => {
  const [ann, bob] = pair('The fox jumped.');
  mark(ann, 0, 14, 'bold', true);
  bob.insert(4, 'quick ');

  expect(sync(ann, bob)).toEqual(['The quick fox jumped bold', '.']);
});

describe('6: at the end', () => {
  test('bold grows', () => {
    const text = documentOf('The fox.');
    mark(text, 0, 7, 'bold', true);
    text.insert(7, 'es');
    text.insert(0, '>');

    expect(shown(text)).toEqual(['>', 'The foxes bold', '.']);
  });

  test('a link does not, neither there nor in front', () => {
    const text = documentOf('The fox.');
    mark(text, 4, 7, 'link', '/fox', 'none');
    text.insert(7, 'es');
    text.insert(4, 'red ');

    expect(shown(text)).toEqual(['The red ', 'fox link="/fox"', 'es.']);
  });

  test('the end of the text is an end like any other', () => {
    const text = documentOf('ab');
    mark(text, 0, 2, 'bold', true, 'both');
    mark(text, 0, 2, 'link', '/', 'none');
    text.insert(2, 'c');
    text.insert(0, 'x');

    expect(shown(text)).toEqual(['x bold', 'ab bold link="/"', 'c bold']);
  });
});

test('7: a mark on text that was deleted is gone with it, and text that comes is plain', () => {
  const [ann, bob] = pair('The fox.');
  mark(ann, 4, 7, 'link', '/fox', 'none');
  sync(ann, bob);
  bob.delete(4, 3);
  bob.insert(4, 'dog');

  expect(sync(ann, bob)).toEqual(['The dog.']);
});

describe('8: the last character of a link was deleted', () => {
  test('what is typed at its end is no link', () => {
    const text = documentOf('See fox.');
    mark(text, 4, 7, 'link', '/fox', 'none');
    text.delete(6, 1);
    text.insert(6, 'und');

    expect(shown(text)).toEqual(['See ', 'fo link="/fox"', 'und.']);
  });

  test('nor is what is typed in front of that', () => {
    const text = documentOf('See fox.');
    mark(text, 4, 7, 'link', '/fox', 'none');
    text.delete(6, 1);
    text.insert(6, 'x');
    text.insert(6, 'und ');

    expect(shown(text)).toEqual(['See ', 'fo link="/fox"', 'und x.']);
  });

  test('what is typed within it still is', () => {
    const text = documentOf('See fox.');
    mark(text, 4, 7, 'link', '/fox', 'none');
    text.delete(6, 1);
    text.insert(5, 'und');

    expect(shown(text)).toEqual(['See ', 'fundo link="/fox"', '.']);
  });

  test('what came in before it, at the same time, is', () => {
    const [ann, bob] = pair('See fox.');
    mark(ann, 4, 7, 'link', '/fox', 'none');
    sync(ann, bob);
    ann.delete(6, 1);
    bob.insert(6, 'und');

    expect(sync(ann, bob)).toEqual(['See ', 'found link="/fox"', '.']);
  });
});

test('what somebody typed into a link who has never seen its end is linked', () => {
  const origin = documentOf('See f.');
  // In the order of ids, so that what is typed comes before the rest of the link.
  const [ann, zoe] = [origin.fork({ replicaId: 'ann' }), origin.fork({ replicaId: 'zoe' })];
  zoe.insert(5, 'ox');
  mark(zoe, 4, 7, 'link', '/fox', 'none');
  zoe.delete(6, 1);
  ann.insert(5, 'und');

  expect(sync(ann, zoe)).toEqual(['See ', 'fundo link="/fox"', '.']);
});

test('what is left of a link that was cut in the middle does not grow either', () => {
  const text = documentOf('abcdef');
  mark(text, 0, 6, 'link', '/', 'none');
  unmark(text, 2, 4, 'link', 'none');
  text.insert(4, 'Y');
  text.insert(2, 'X');

  expect(shown(text)).toEqual(['ab link="/"', 'XcdY', 'ef link="/"']);
});

test('what is left of bold that was cut in the middle grows as before', () => {
  const text = documentOf('abcdef');
  mark(text, 0, 6, 'bold', true);
  unmark(text, 2, 4, 'bold');
  text.insert(4, 'Y');
  text.insert(2, 'X');

  expect(shown(text)).toEqual(['abX bold', 'cdY', 'ef bold']);
});
