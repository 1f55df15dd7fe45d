import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { dataFilesAt, readDataFile, sharedData } from './data-driven.ts';
import { exceptionsFor, reasons } from './exceptions.ts';
import { problemsOf, type Report, reportOn, rowOf } from './report.ts';

// etcd/raft's own cases, Apache-2.0: not part of this repository.
const folder = sharedData('etcd-raft');
const paths = folder === undefined ? [] : dataFilesAt(folder);
const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

function reportOnFile(path: string): Report {
  const file = readDataFile(path);
  return reportOn(file, exceptionsFor(file.name));
}

describe.skipIf(folder === undefined)('conformance with etcd/raft', () => {
  test('is asked of all three kinds of files', () => {
    const formats = new Set(paths.map((path) => reportOnFile(path).format));
    expect(formats).toEqual(new Set(['quorum', 'confchange', 'interaction']));
  });

  test.each(paths.map((path) => [basename(path), path]))(
    '%s: no difference unlisted',
    (_, path) => {
      const report = reportOnFile(path);
      expect(problemsOf(report)).toEqual([]);
      if (report.format !== 'interaction') expect(report.exactCount).toBe(report.directiveCount);
    },
  );

  test('is as the README says, and for the reasons it gives', () => {
    const rows = readme.split('\n').map(normalized);
    const missing = paths
      .map((path) => rowOf(reportOnFile(path)))
      .filter((row) => !rows.includes(normalized(row)));
    expect(missing).toEqual([]);
    const text = normalized(readme);
    for (const [name, reason] of Object.entries(reasons)) {
      expect(text).toContain(normalized(`- **${name}**: ${reason}`));
    }
  });
});

test('the figures in the README are the sums of its table', () => {
  const rows = [...readme.matchAll(/^\| `\w+\.txt`(.*)$/gm)].map(([, cells = '']) =>
    [...cells.matchAll(/\| (\d+) /g)].map(([, count]) => Number(count)),
  );
  const sums = [0, 1, 2, 3].map((column) =>
    rows.reduce((sum, counts) => sum + (counts[column] ?? 0), 0),
  );
  const claim =
    /its (\d+) directives .* Of the (\d+) of its .* (\d+) print .* (\d+) get .* after (\d+) some/;
  const figures = claim.exec(readme.replace(/\s+/g, ' '))?.slice(1).map(Number) ?? [];
  const [toTheLetter = 0, asked = 0, same = 0, sameState = 0, otherState = 0] = figures;
  expect([toTheLetter + asked, toTheLetter + same, sameState, otherState]).toEqual(sums);
  expect(asked).toBe(same + sameState + otherState);
});

test.skipIf(folder !== undefined)(
  'skipped: ../shared/data is missing, set QUORATE_DATA to run etcd/raft’s files',
  () => undefined,
);

/** A row of a table, however wide its columns are. */
function normalized(row: string): string {
  return row.replace(/\s+/g, ' ').trim();
}
