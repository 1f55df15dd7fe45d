/** Turns what a client sent for one key into values, or into the problem that names the field. */
import type { WriteCondition } from './config-command.ts';
import { keyProblem, limits, utf8Bytes } from './config-limits.ts';
import { type ReadMode, readModes } from './read-mode.ts';
import { problem } from '../http/problem.ts';

function badField(field: string, detail: string): Response {
  return problem('bad_field', { field, detail });
}

/** @param encoded - The part of the path after `/v1/config/`, as it was sent. */
export function parseKey(encoded: string): string | Response {
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    return badField('key', 'key: expected percent-encoded UTF-8');
  }
  const found = keyProblem(key);
  return found === undefined ? key : badField('key', found);
}

/** @param text - The query parameter `read`. */
export function parseReadMode(text: string | undefined): ReadMode | Response {
  const mode = readModes.find((known) => known === (text ?? 'index'));
  const expected = readModes.join(', ');
  return mode ?? badField('read', `read: expected one of ${expected}, got ${JSON.stringify(text)}`);
}

/** Reads `If-Match` and `If-None-Match`; revisions may stand with or without quotes. */
export function parseCondition(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): WriteCondition | Response {
  if (ifNoneMatch !== undefined) {
    if (ifMatch !== undefined) {
      return badField('If-None-Match', 'If-None-Match: expected none beside If-Match');
    }
    if (ifNoneMatch.trim() === '*') return { kind: 'absent' };
    return badField('If-None-Match', `If-None-Match: expected *, got ${ifNoneMatch}`);
  }
  if (ifMatch === undefined) return { kind: 'none' };
  if (ifMatch.trim() === '*') return { kind: 'present' };
  const digits = /^(?:"(\d+)"|(\d+))$/.exec(ifMatch.trim());
  const revision = Number(digits?.[1] ?? digits?.[2] ?? Number.NaN);
  if (Number.isSafeInteger(revision) && revision >= 1) return { kind: 'revision', revision };
  return badField('If-Match', `If-Match: expected * or one revision, got ${ifMatch}`);
}

/** Reads `{"value": "…"}`. */
export function parsePutBody(body: ArrayBuffer): string | Response {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const detail = `body: expected JSON like {"value":"text"}: ${reason}`;
    return problem('bad_json', { field: 'body', detail });
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return badField('body', 'body: expected a JSON object like {"value":"text"}');
  }
  const stranger = Object.keys(document).find((name) => name !== 'value');
  if (stranger !== undefined) {
    return badField(stranger, `${stranger}: expected no field but value`);
  }
  return parseValue('value' in document ? document.value : undefined);
}

function parseValue(value: unknown): string | Response {
  if (typeof value !== 'string') {
    const found = value === undefined ? 'nothing' : value === null ? 'null' : typeof value;
    return badField('value', `value: expected a string, got ${found}`);
  }
  if (!value.isWellFormed()) {
    return badField('value', 'value: expected well-formed text, got a lone surrogate');
  }
  const sizeBytes = utf8Bytes(value);
  if (sizeBytes <= limits.valueBytesMax) return value;
  const most = String(limits.valueBytesMax);
  const detail = `value: expected at most ${most} bytes of UTF-8, got ${sizeBytes}`;
  return problem('too_large', { field: 'value', detail });
}
