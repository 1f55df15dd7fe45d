import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Decisions } from '../src/decisions.ts';
import { directoryParts, FileNames, pathParts } from '../src/file-names.ts';
import { SimulatedFile } from '../src/simulated-file.ts';
import { expectShare } from './support/shares.ts';

const folders = ['', 'x', 'x/y'];
const path = fc
  .tuple(fc.constantFrom(...folders), fc.constantFrom('1', '2', '3'))
  .map(([folder, name]) => (folder === '' ? name : `${folder}/${name}`));

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rename' as const), path, to: path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('sync' as const),
      folder: fc.constantFrom(...folders),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Does what `action` says, where that is possible. */
function perform(names: FileNames, action: Step): void {
  const isThere = action.kind !== 'sync' && names.get(action.path) !== undefined;
  if (action.kind === 'sync') names.beginSync(action.folder)();
  else if (action.kind === 'create' && !isThere) names.create(action.path, new SimulatedFile());
  else if (action.kind === 'remove') names.remove(action.path);
  else if (action.kind === 'rename' && isThere) names.rename(action.path, action.to);
}

function namesWithFolders(): FileNames {
  const names = new FileNames();
  for (const folder of folders.slice(1)) names.create(folder, 'directory');
  for (const folder of folders) names.beginSync(folder)();
  return names;
}

test('once every folder was synced, a crash changes nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.integer(), (steps, seed) => {
      const names = namesWithFolders();
      for (const action of steps) perform(names, action);
      const before = names.files();
      for (const folder of folders) names.beginSync(folder)();
      names.crash(new Decisions(seed, 'synced').about('crash', 0), 0);
      expect(names.files()).toEqual(before);
    }),
  );
});

test('in one folder, a crash leaves one of the states since the last sync', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.integer(), (steps, seed) => {
      const names = namesWithFolders();
      let states = [names.files()];
      const inRoot = (path: string): boolean => !path.includes('/');
      for (const action of steps) {
        const isElsewhere = action.kind !== 'sync' && !inRoot(action.path);
        if (isElsewhere || (action.kind === 'rename' && !inRoot(action.to))) continue;
        perform(names, action);
        if (action.kind === 'sync' && action.folder === '') states = [];
        states.push(names.files());
      }
      names.crash(new Decisions(seed, 'one folder').about('crash', 0), 0.7);
      expect(states).toContainEqual(names.files());
    }),
  );
});

test('without a sync of its folder a name is old or new, one folder apart from another', () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 100; seed += 1) {
    const names = new FileNames();
    names.create('x', 'directory');
    names.create('x/old', new SimulatedFile());
    names.beginSync('x')();
    names.beginSync('')();
    names.rename('x/old', 'x/new');
    names.create('top', new SimulatedFile());
    names.crash(new Decisions(seed, 'apart').about('crash', 0), 0.5);
    outcomes.add(
      names
        .files()
        .map(([name]) => name)
        .join(' '),
    );
  }
  expect(outcomes).toEqual(new Set(['x/old', 'x/new', 'top x/old', 'top x/new']));
});

test('a rename replaces its target whole: the old or the new file, never neither', () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 100; seed += 1) {
    const names = new FileNames();
    const [old, fresh] = [new SimulatedFile(), new SimulatedFile()];
    names.create('file', old);
    names.beginSync('')();
    names.create('temporary', fresh);
    names.rename('temporary', 'file');
    names.crash(new Decisions(seed, 'replace').about('crash', 0), 0.5);
    const left = new Map(names.files());
    expect([old, fresh]).toContain(left.get('file'));
    const list = [...left.keys()].join(' ');
    outcomes.add(`${list}: ${left.get('file') === old ? 'old' : 'fresh'}`);
  }
  expect(outcomes).toEqual(new Set(['file: old', 'file temporary: old', 'file: fresh']));
});

test('a rename between folders is kept or lost in both', () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const names = new FileNames();
    for (const folder of ['x', 'y']) names.create(folder, 'directory');
    names.create('x/file', new SimulatedFile());
    for (const folder of ['x', 'y', '']) names.beginSync(folder)();
    names.rename('x/file', 'y/file');
    names.create('y/other', new SimulatedFile());
    names.crash(new Decisions(seed, 'between').about('crash', 0), 0.5);
    const left = names.files().map(([name]) => name);
    expect(left.filter((name) => name.endsWith('/file'))).toHaveLength(1);
    // What happened later in a folder is not kept without what happened before.
    if (left.includes('y/other')) expect(left).toContain('y/file');
  }
});

test('a sync of one end of such a rename saves both, and what came before it there', () => {
  const names = new FileNames();
  for (const folder of ['x', 'y']) names.create(folder, 'directory');
  names.beginSync('')();
  names.create('x/file', new SimulatedFile());
  names.rename('x/file', 'y/file');
  names.create('x/later', new SimulatedFile());
  names.beginSync('y')();
  names.crash(new Decisions(1, 'saved').about('crash', 0), 0);
  expect(names.files().map(([name]) => name)).toEqual(['y/file']);
});

test('a change of names that was not synced is kept as often as asked', () => {
  for (const rate of [0, 0.2, 1]) {
    let keptCount = 0;
    for (let seed = 0; seed < 2_000; seed += 1) {
      const names = new FileNames();
      names.create('x', 'directory');
      names.crash(new Decisions(seed, 'names').about('crash', 0), rate);
      if (names.get('x') !== undefined) keptCount += 1;
    }
    expectShare(keptCount, 2_000, rate);
  }
});

test('a sync covers what was changed before it was called, not while it ran', () => {
  const names = new FileNames();
  names.create('before', new SimulatedFile());
  const complete = names.beginSync('');
  names.create('during', new SimulatedFile());
  complete();
  names.crash(new Decisions(1, 'during').about('crash', 0), 0);
  expect(names.files().map(([name]) => name)).toEqual(['before']);
});

test('what is in a folder whose name is lost is lost', () => {
  const names = new FileNames();
  names.create('x', 'directory');
  names.create('x/file', new SimulatedFile());
  names.beginSync('x')();
  names.crash(new Decisions(1, 'folder').about('crash', 0), 0);
  expect(names.files()).toEqual([]);
  expect(names.get('x')).toBeUndefined();
});

test.each(['', '/a', 'a/', 'a//b', '.', '..', 'a/../b', 'a\\b', 'a\0b', '\ud800'])(
  'refuses the path %j',
  (text) => {
    expect(() => pathParts(text)).toThrow("path: expected relative names joined by '/', got");
  },
);

test('takes any other name as it is', () => {
  expect(pathParts('__proto__/constructor/é')).toEqual(['__proto__', 'constructor', 'é']);
  expect(directoryParts('')).toEqual([]);
});
