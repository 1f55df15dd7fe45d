import { expect, test } from 'vitest';

import { diskError, systemCodeOf } from '../../src/adapters/node-errors.ts';

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: it failed`), { code });

test.each([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['ENOENT', 'DISK_NOT_FOUND'],
  ['EEXIST', 'DISK_EXISTS'],
  ['EIO', 'DISK_FAILED'],
  ['toString', 'DISK_FAILED'],
])('%s is %s', (systemCode, code) => {
  const cause = systemError(systemCode);
  expect(diskError('a/b', cause)).toMatchObject({
    code,
    path: 'a/b',
    message: `a/b: ${systemCode}: it failed`,
    cause,
  });
});

test('whatever is thrown is an error of the disk', () => {
  expect(diskError('a', 'text')).toMatchObject({ code: 'DISK_FAILED', message: 'a: text' });
  expect([systemCodeOf(undefined), systemCodeOf(Object.assign(new Error(), { code: 5 }))]).toEqual([
    '',
    '',
  ]);
});
