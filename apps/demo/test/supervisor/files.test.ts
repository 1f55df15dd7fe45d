import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  readControlFile,
  removeControlFile,
  writeControlFile,
} from '../../src/supervisor/control-file.ts';
import { openDataDirectory } from '../../src/supervisor/data-directory.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quorate-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the control file', () => {
  const point = { pid: process.pid, url: 'http://127.0.0.1:4000', token: 'secret' };

  test('is for its owner only, and comes back', () => {
    const path = join(folder, 'deep', 'control.json');
    writeControlFile(path, point);
    expect(readControlFile(path)).toEqual(point);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    removeControlFile(path);
    expect(existsSync(path)).toBe(false);
  });

  test("another demo's file is left alone", () => {
    const path = join(folder, 'control.json');
    writeControlFile(path, { ...point, pid: process.pid + 1 });
    removeControlFile(path);
    expect(existsSync(path)).toBe(true);
  });

  test.each(['', 'null', '[]', '{"pid":1}', '{"pid":"1","url":"x","token":"y"}'])(
    'says nothing if it holds %j',
    (text) => {
      const path = join(folder, 'control.json');
      writeFileSync(path, text);
      expect(readControlFile(path)).toBeUndefined();
    },
  );
});

describe('the data directory', () => {
  test('a temporary one is removed at the end', () => {
    const data = openDataDirectory(undefined, ['n1']);
    expect(existsSync(data.path)).toBe(true);
    data.dispose();
    expect(existsSync(data.path)).toBe(false);
  });

  test('a kept one stays the same cluster', () => {
    const path = join(folder, 'data');
    const first = openDataDirectory(path, ['n1', 'n2', 'n3']);
    expect(readdirSync(path)).toEqual([]);
    first.remember(first.nodeIds);
    first.dispose();
    expect(openDataDirectory(path, ['n1', 'n2', 'n3']).clusterId).toBe(first.clusterId);
  });

  test('logs of three nodes are not opened as five', () => {
    openDataDirectory(folder, ['n1', 'n2', 'n3']).remember(['n1', 'n2', 'n3']);
    expect(() => openDataDirectory(folder, ['n1', 'n2', 'n3', 'n4', 'n5'])).toThrow(
      'holds 3 nodes; start it with --nodes 3',
    );
  });

  test.each(['', '{}', '{"clusterId":3,"nodeIds":[]}'])('refuses a damaged %j', (text) => {
    writeFileSync(join(folder, 'cluster.json'), text);
    expect(() => openDataDirectory(folder, ['n1'])).toThrow('is damaged');
  });
});
