/** What a request for one key must look like. */
import * as v from 'valibot';

import type { WriteCondition } from './config-command.ts';
import { keyProblem } from './config-limits.ts';
import { readModes } from './read-mode.ts';

/** A key as it stands in a path. Hono's own decoding would let bad escapes through. */
const keyInPath = v.pipe(
  v.string(),
  v.description('1 to 256 bytes of UTF-8 without control characters, percent-encoded'),
  v.rawTransform<string, string>(({ dataset, addIssue, NEVER }) => {
    const key = decoded(dataset.value);
    const found = key === undefined ? 'expected percent-encoded UTF-8' : keyProblem(key);
    if (key !== undefined && found === undefined) return key;
    addIssue({ message: found ?? '' });
    return NEVER;
  }),
);

/** A revision may stand with or without quotes. */
const expectedRevision = v.pipe(
  v.string(),
  v.trim(),
  v.check(
    (text) => text === '*' || revisionIn(text) !== undefined,
    ({ input }) => `expected * or one revision, got ${input}`,
  ),
);

const expectedAbsence = v.pipe(
  v.string(),
  v.trim(),
  v.value('*', ({ input }) => `expected *, got ${input}`),
);

/** The path of a key. */
export const keyParams = v.object({ key: keyInPath });

/** How a read is confirmed. */
export const readQuery = v.object({
  read: v.optional(
    v.picklist(readModes, ({ input }) => {
      return `expected one of ${readModes.join(', ')}, got ${JSON.stringify(input)}`;
    }),
    'index',
  ),
});

/** The ETag that whoever reads has already. */
export const readHeaders = v.object({ 'If-None-Match': v.optional(v.string()) });

/** What must hold for a write, as If-Match and If-None-Match say it. */
export const writeHeaders = v.pipe(
  v.object({
    'If-Match': v.optional(expectedRevision),
    'If-None-Match': v.optional(expectedAbsence),
  }),
  v.forward(
    v.check(
      (headers) => headers['If-Match'] === undefined || headers['If-None-Match'] === undefined,
      'expected none beside If-Match',
    ),
    ['If-None-Match'],
  ),
  v.transform((headers) => conditionOf(headers['If-Match'], headers['If-None-Match'])),
);

/** The value to be written. How long it may be, the route says: that is another problem. */
export const putBody = v.strictObject({
  value: v.pipe(
    v.string(),
    v.description('At most 64 KiB of UTF-8'),
    v.check((value) => value.isWellFormed(), 'expected well-formed text, got a lone surrogate'),
  ),
});

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function conditionOf(ifMatch: string | undefined, ifNoneMatch: string | undefined): WriteCondition {
  if (ifNoneMatch !== undefined) return { kind: 'absent' };
  if (ifMatch === undefined) return { kind: 'none' };
  const revision = revisionIn(ifMatch);
  return revision === undefined ? { kind: 'present' } : { kind: 'revision', revision };
}

function revisionIn(text: string): number | undefined {
  const digits = /^(?:"(\d+)"|(\d+))$/.exec(text);
  const revision = Number(digits?.[1] ?? digits?.[2] ?? Number.NaN);
  return Number.isSafeInteger(revision) && revision >= 1 ? revision : undefined;
}
