import { expect, test } from 'vitest';

import { SimulationFailure } from '../src/index.ts';
import { codeOf, nodeWith, owner as id } from './support/disk-node.ts';

test('a failed sync poisons the file, for all that was called behind it', async () => {
  const codes: string[] = [];
  const simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    await file.write(0, Uint8Array.of(1));
    const operations: readonly Promise<unknown>[] = [
      file.sync(),
      file.write(0, Uint8Array.of(2)),
      file.sync(),
      file.read(0, new Uint8Array(1)),
      file.truncate(0),
      file.sizeBytes(),
    ];
    for (const operation of operations) codes.push(await codeOf(operation));
    codes.push(await codeOf(file.close()), await codeOf(file.close()), await codeOf(file.sync()));
    const again = await disk.open('file');
    codes.push(await codeOf(again.write(0, Uint8Array.of(3))), await codeOf(again.sync()));
  });
  simulation.inject({ kind: 'failSyncs', node: id, count: 1 });
  await simulation.run(100);
  expect(codes).toEqual([
    'DISK_FAILED',
    ...new Array<string>(5).fill('DISK_POISONED'),
    'ok',
    'ok',
    'DISK_CLOSED',
    'ok',
    'ok',
  ]);
});

test('operations on a file settle in the order of calls, and see what came before', async () => {
  const order: string[] = [];
  let sizes: readonly number[] = [];
  const simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    const note = (name: string) => (): unknown => order.push(name);
    const first = file.sizeBytes();
    const write = file.write(10, Uint8Array.of(7)).then(note('write'));
    const second = file.sizeBytes();
    const read = new Uint8Array(20);
    const reading = file.read(0, read).then((count) => order.push(`read ${count}: ${read[10]}`));
    const cut = file.truncate(5).then(note('truncate'));
    const third = file.sizeBytes();
    const sync = file.sync().then(note('sync'));
    await Promise.all([write, reading, cut, sync]);
    sizes = await Promise.all([first, second, third]);
  });
  await simulation.run(100);
  expect(order).toEqual(['write', 'read 11: 7', 'truncate', 'sync']);
  expect(sizes).toEqual([0, 11, 5]);
});

test('bytes changed while a write is under way fail the run', async () => {
  const simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    const bytes = Uint8Array.of(1, 2, 3);
    const writing = file.write(0, bytes);
    bytes.fill(9);
    await writing;
  });
  const failure = await simulation.run(100).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SimulationFailure);
  expect((failure as Error).message).toContain(
    'write of file: expected bytes that stay as they are',
  );
});

test('a slow operation holds up those called behind it on its file, and no others', async () => {
  const order: string[] = [];
  // Without waiting, 50 draws of this latency would come in any order but their own.
  const latency = { kind: 'uniform', minMs: 0, maxMs: 100 } as const;
  const simulation = nodeWith(
    async (disk) => {
      const names = ['a', 'b'];
      const files = await Promise.all(names.map((name) => disk.open(name, { mode: 'new' })));
      for (let index = 0; index < 25; index += 1) {
        files.forEach((file, which) => {
          const bytes = Uint8Array.of(index);
          void file.write(index, bytes).then(() => order.push(`${names[which] ?? ''}${index}`));
        });
      }
    },
    { disk: { latency } },
  );
  await simulation.run(10_000);
  const expected = Array.from({ length: 25 }, (_, index) => index);
  for (const name of ['a', 'b']) {
    expect(order.filter((item) => item.startsWith(name))).toEqual(
      expected.map((n) => `${name}${n}`),
    );
  }
  expect(order.slice(0, 10).every((item, index) => item.startsWith(index % 2 ? 'b' : 'a'))).toBe(
    false,
  );
});
