import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => /^rl-\d\d-.+\.test\.ts$/.test(name));

describe('the catalogue of 43 ways in which rate limiters fail', () => {
  test.each(Array.from({ length: 43 }, (_, index) => index + 1))(
    'number %i has a test',
    (number) => {
      const prefix = `rl-${String(number).padStart(2, '0')}-`;
      const found = files.filter((name) => name.startsWith(prefix));
      expect(found, prefix).not.toEqual([]);
    },
  );

  test.each(files)('%s says what goes wrong elsewhere, and what protects', (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    expect(text).toMatch(/^\/\*/);
    expect(text).toContain('Protection: ');
  });
});
