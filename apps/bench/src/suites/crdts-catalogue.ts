import {
  awSet,
  gCounter,
  lwwMap,
  lwwRegister,
  movableList,
  movableTree,
  mvRegister,
  orderedList,
  pnCounter,
} from '@quorate/crdts';
import {
  awSetCodec,
  gCounterCodec,
  lwwMapCodec,
  lwwRegisterCodec,
  movableListCodec,
  movableTreeCodec,
  mvRegisterCodec,
  orderedListCodec,
  pnCounterCodec,
  textCodec,
} from '@quorate/crdts/codec';

import { loroPair, ReplicatedPair, yjsPair } from '../catalogue/replicas.ts';
import { microContender, nsPerCall } from '../micro.ts';
import type { BenchCase, Suite } from '../suite.ts';

/*
 * What does a change of a replicated value cost, until another replica has it too?
 *
 * Each call changes a value at one replica, makes bytes of the change, and takes them in at the
 * other. Peers do the same with the type of theirs that comes nearest; they keep the history of
 * all changes, which the types of the catalogue do not. Where nobody has such a type, ours is
 * alone.
 */

const yjs = 'yjs 13.6.33';
const loro = 'loro-crdt 1.17.1';
const itemCount = 1_000;
const nowMs = 1_767_225_600_000;

const keys = Array.from({ length: itemCount }, (_, index) => `key-${index}`);

/** Another text at each call: a value that is there already is no change to some. */
function fresh(): () => string {
  let count = 0;
  return () => `value-${(count += 1)}`;
}

/** The next of `keys`, over and over. */
function cycle(): () => string {
  let at = 0;
  return () => {
    at = (at + 7) % itemCount;
    return keys[at] ?? '';
  };
}

function counters(): readonly BenchCase[] {
  const grown = new ReplicatedPair(gCounter, gCounterCodec);
  const both = new ReplicatedPair(pnCounter, pnCounterCodec);
  const peer = loroPair();
  const counter = peer.local.getCounter('count');
  const add = (amount: number): void => {
    if (amount > 0) counter.increment(amount);
    else counter.decrement(-amount);
    peer.local.commit();
  };
  return [
    {
      name: 'counter: 1 up',
      metrics: [nsPerCall],
      ours: microContender('gCounter', () => grown.send(gCounter.increment(grown.local, 'a'))),
      peers: [microContender(loro, () => add(1))],
    },
    {
      name: 'counter: 1 up, 1 down',
      metrics: [nsPerCall],
      ours: microContender('pnCounter', () => {
        both.send(pnCounter.increment(both.local, 'a'));
        both.send(pnCounter.decrement(both.local, 'a'));
      }),
      peers: [
        microContender(loro, () => {
          add(1);
          add(-1);
        }),
      ],
    },
  ];
}

function registers(): readonly BenchCase[] {
  const next = fresh();
  const last = new ReplicatedPair(lwwRegister, lwwRegisterCodec(textCodec));
  const all = new ReplicatedPair(mvRegister, mvRegisterCodec(textCodec));
  const theirs = yjsPair().local.getMap<string>('map');
  const { local } = loroPair();
  const map = local.getMap('map');
  return [
    {
      name: 'register: write, the last one wins',
      metrics: [nsPerCall],
      ours: microContender('lwwRegister', () =>
        last.send(lwwRegister.set(last.local, 'a', next(), nowMs)),
      ),
      peers: [
        microContender(yjs, () => theirs.set('value', next())),
        microContender(loro, () => {
          map.set('value', next());
          local.commit();
        }),
      ],
    },
    {
      name: 'register: write, concurrent ones are kept',
      metrics: [nsPerCall],
      ours: microContender('mvRegister', () => all.send(mvRegister.write(all.local, 'a', next()))),
      peers: [],
    },
  ];
}

function sets(): readonly BenchCase[] {
  const next = cycle();
  const ours = new ReplicatedPair(awSet, awSetCodec(textCodec));
  const theirs = yjsPair().local.getMap<boolean>('set');
  const { local } = loroPair();
  const map = local.getMap('set');
  for (const key of keys) {
    ours.send(awSet.add(ours.local, 'a', key));
    theirs.set(key, true);
    map.set(key, true);
  }
  return [
    {
      name: `set of ${itemCount}: remove one, add it again`,
      metrics: [nsPerCall],
      ours: microContender('awSet', () => {
        const key = next();
        ours.send(awSet.remove(ours.local, key));
        ours.send(awSet.add(ours.local, 'a', key));
      }),
      peers: [
        microContender(yjs, () => {
          const key = next();
          theirs.delete(key);
          theirs.set(key, true);
        }),
        microContender(loro, () => {
          const key = next();
          map.delete(key);
          local.commit();
          map.set(key, true);
          local.commit();
        }),
      ],
    },
    {
      name: `set of ${itemCount}: join a whole state that is known`,
      metrics: [nsPerCall],
      ours: microContender('awSet', () => awSet.join(ours.local, ours.remote)),
      peers: [],
    },
  ];
}

function maps(): readonly BenchCase[] {
  const next = cycle();
  const value = fresh();
  const ours = new ReplicatedPair(lwwMap, lwwMapCodec(textCodec));
  const theirs = yjsPair().local.getMap<string>('map');
  const { local } = loroPair();
  const map = local.getMap('map');
  for (const key of keys) {
    ours.send(lwwMap.set(ours.local, 'a', key, key, nowMs));
    theirs.set(key, key);
    map.set(key, key);
  }
  return [
    {
      name: `map of ${itemCount}: set a key`,
      metrics: [nsPerCall],
      ours: microContender('lwwMap', () =>
        ours.send(lwwMap.set(ours.local, 'a', next(), value(), nowMs)),
      ),
      peers: [
        microContender(yjs, () => theirs.set(next(), value())),
        microContender(loro, () => {
          map.set(next(), value());
          local.commit();
        }),
      ],
    },
  ];
}

function lists(): readonly BenchCase[] {
  const next = cycle();
  const ours = new ReplicatedPair(orderedList, orderedListCodec(textCodec));
  const theirs = yjsPair().local.getArray<string>('list');
  const { local } = loroPair();
  const list = local.getList('list');
  ours.send(orderedList.insert(ours.local, 'a', 0, keys));
  theirs.insert(0, keys);
  keys.forEach((key, index) => list.insert(index, key));
  return [
    {
      name: `list of ${itemCount}: insert one, remove one`,
      metrics: [nsPerCall],
      ours: microContender('orderedList', () => {
        ours.send(orderedList.insert(ours.local, 'a', 500, [next()]));
        ours.send(orderedList.remove(ours.local, 250));
      }),
      peers: [
        microContender(yjs, () => {
          theirs.insert(500, [next()]);
          theirs.delete(250);
        }),
        microContender(loro, () => {
          list.insert(500, next());
          local.commit();
          list.delete(250, 1);
          local.commit();
        }),
      ],
    },
  ];
}

function movables(): readonly BenchCase[] {
  const next = cycle();
  const ours = new ReplicatedPair(movableList, movableListCodec(textCodec));
  const { local } = loroPair();
  const list = local.getMovableList('list');
  ours.send(movableList.insert(ours.local, 'a', 0, keys));
  keys.forEach((key, index) => list.insert(index, key));
  local.commit();
  return [
    {
      name: `list of ${itemCount}: move one, change one`,
      metrics: [nsPerCall],
      ours: microContender('movableList', () => {
        ours.send(movableList.move(ours.local, 'a', 250, 500));
        ours.send(movableList.set(ours.local, 'a', 700, next()));
      }),
      peers: [
        microContender(loro, () => {
          list.move(250, 500);
          local.commit();
          list.set(700, next());
          local.commit();
        }),
      ],
    },
  ];
}

/** Folders of ten files; files go from one folder to another. */
function trees(): readonly BenchCase[] {
  const ours = new ReplicatedPair(movableTree, movableTreeCodec);
  const { local } = loroPair();
  const tree = local.getTree('tree');
  const create = (parent: string): string => {
    const { node, delta } = movableTree.create(ours.local, 'a', parent);
    ours.send(delta);
    return node;
  };
  const folderCount = 20;
  const folders = Array.from({ length: folderCount }, () => create(''));
  const files = folders.flatMap((folder) => Array.from({ length: 10 }, () => create(folder)));
  const theirFolders = folders.map(() => tree.createNode());
  const theirFiles = theirFolders.flatMap((folder) =>
    Array.from({ length: 10 }, () => folder.createNode()),
  );
  local.commit();
  let turn = 0;
  let theirTurn = 0;
  return [
    {
      name: `tree of ${folderCount + files.length}: move one`,
      metrics: [nsPerCall],
      ours: microContender('movableTree', () => {
        turn += 7;
        const file = files[turn % files.length] ?? '';
        const folder = folders[turn % folderCount] ?? '';
        const outcome = movableTree.move(ours.local, 'a', file, folder);
        if (outcome.kind === 'moved') ours.send(outcome.delta);
      }),
      peers: [
        microContender(loro, () => {
          theirTurn += 7;
          const file = theirFiles[theirTurn % theirFiles.length];
          file?.move(theirFolders[theirTurn % folderCount]);
          local.commit();
        }),
      ],
    },
  ];
}

/** Changes of the types of the catalogue, made here and taken in there. */
export const suite: Suite = {
  name: 'crdts-catalogue',
  description: 'A change of a replicated value, until another replica has it too.',
  cases: [
    ...counters(),
    ...registers(),
    ...sets(),
    ...maps(),
    ...lists(),
    ...movables(),
    ...trees(),
  ],
};
