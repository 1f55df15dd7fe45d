/** Turns what a client sent for one key into values, or into the problem that names the field. */
import type { WriteCondition } from './config-command.ts';
import { keyProblem, limits, utf8Bytes } from './config-limits.ts';
import type { ReadMode } from './config-service.ts';
import { problem } from '../../http/problem.ts';

/** A value, or the response that says why there is none. */
export type Parsed<Value> =
  | { readonly kind: 'parsed'; readonly value: Value }
  | { readonly kind: 'problem'; readonly response: Response };

const parsed = <Value>(value: Value): Parsed<Value> => ({ kind: 'parsed', value });

function badField(field: string, detail: string): Parsed<never> {
  return { kind: 'problem', response: problem('bad_field', { field, detail }) };
}

/** @param encoded - The part of the path after `/v1/config/`, as it was sent. */
export function parseKey(encoded: string): Parsed<string> {
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    return badField('key', 'key: expected percent-encoded UTF-8');
  }
  const found = keyProblem(key);
  return found === undefined ? parsed(key) : badField('key', found);
}

/** @param text - The query parameter `read`. */
export function parseReadMode(text: string | undefined): Parsed<ReadMode> {
  if (text === undefined || text === 'index') return parsed('index');
  if (text === 'stale') return parsed('stale');
  return badField('read', `read: expected index or stale, got ${JSON.stringify(text)}`);
}

/** Reads `If-Match` and `If-None-Match`; revisions may stand with or without quotes. */
export function parseCondition(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): Parsed<WriteCondition> {
  if (ifNoneMatch !== undefined) {
    if (ifMatch !== undefined) {
      return badField('If-None-Match', 'If-None-Match: expected none beside If-Match');
    }
    if (ifNoneMatch.trim() === '*') return parsed({ kind: 'absent' });
    return badField('If-None-Match', `If-None-Match: expected *, got ${ifNoneMatch}`);
  }
  if (ifMatch === undefined) return parsed({ kind: 'none' });
  if (ifMatch.trim() === '*') return parsed({ kind: 'present' });
  const digits = /^(?:"(\d+)"|(\d+))$/.exec(ifMatch.trim());
  const revision = Number(digits?.[1] ?? digits?.[2] ?? Number.NaN);
  if (Number.isSafeInteger(revision) && revision >= 1)
    return parsed({ kind: 'revision', revision });
  return badField('If-Match', `If-Match: expected * or one revision, got ${ifMatch}`);
}

/** Reads `{"value": "…"}`. */
export function parsePutBody(body: ArrayBuffer): Parsed<string> {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const detail = `body: expected JSON like {"value":"text"}: ${reason}`;
    return { kind: 'problem', response: problem('bad_json', { field: 'body', detail }) };
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

function parseValue(value: unknown): Parsed<string> {
  if (typeof value !== 'string') {
    const found = value === undefined ? 'nothing' : value === null ? 'null' : typeof value;
    return badField('value', `value: expected a string, got ${found}`);
  }
  if (!value.isWellFormed()) {
    return badField('value', 'value: expected well-formed text, got a lone surrogate');
  }
  const sizeBytes = utf8Bytes(value);
  if (sizeBytes <= limits.valueBytesMax) return parsed(value);
  const most = String(limits.valueBytesMax);
  const detail = `value: expected at most ${most} bytes of UTF-8, got ${sizeBytes}`;
  return { kind: 'problem', response: problem('too_large', { field: 'value', detail }) };
}
