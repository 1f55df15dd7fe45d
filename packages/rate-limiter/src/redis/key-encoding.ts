/**
 * Names of keys in Redis.
 *
 * A key of a limit is text of strangers: it may hold braces, colons, newlines, or ten kilobytes.
 * Glued into a Redis key as it is, `a:b` + `c` becomes `a` + `b:c`, a brace moves it to a slot of
 * the stranger's choice and tears a compound decision over two nodes, and half a surrogate pair is
 * sent as the same three bytes as any other half. So every name has one shape,
 *
 *     prefix:kind:{tag}rest
 *
 * in which the prefix and the kind cannot hold a brace, the tag holds none either, because it is
 * escaped, and what follows the tag is a policy's name, and the key where the tag is not the key.
 * Each step can be undone, so two different limits never share a name.
 *
 * `{tag}` is what Redis Cluster hashes: all names of one tag lie on one node, which is what one
 * atomic decision over several limits needs. The tag is never empty, since Redis ignores an empty
 * one and would hash the whole name.
 */
import { sha256 } from './sha-256.ts';

/** Longer keys than this are stored by digest: a stranger must not choose what a key costs. */
const KEY_LENGTH_MAX = 128;

/** What a name is for, with the version of what is stored under it. */
export type NameKind =
  'gcra1' | 'bucket1' | 'fixed1' | 'log1' | 'counter1' | 'leases1' | 'refunded1';

/**
 * The Redis key for `rest`, on the node of `tag`.
 *
 * @param prefix - See {@link checkedPrefix}.
 */
export function redisKey(prefix: string, kind: NameKind, tag: string, rest: string): string {
  return `${prefix}:${kind}:{${encoded(tag)}}${rest}`;
}

/** A policy's name as {@link restOf} takes it. */
export function escapedName(policyName: string): string {
  return barPattern.test(policyName) ? escaped(policyName, barPattern) : policyName;
}

/**
 * What stands behind the tag: a policy's name, and the key if the tag is something else.
 *
 * @param name - See {@link escapedName}.
 */
export function restOf(name: string, key: string, tag: string): string {
  return key === tag ? name : `${name}|${encoded(key)}`;
}

/**
 * `key` as a text without braces, other for every key. `.` and `#` in front tell a key from a
 * digest.
 */
function encoded(key: string): string {
  const text = isPlain(key) ? key : escaped(key, braces);
  return text.length <= KEY_LENGTH_MAX ? `.${text}` : `#${sha256(text)}`;
}

/** Whether nothing in `key` can need an escape. A pattern would take longer to say so. */
function isPlain(key: string): boolean {
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if (code === 0x25 || code === 0x7b || code === 0x7d || code >> 11 === 0x1b) return false;
  }
  return true;
}

/** With the u flag, a pair of surrogates is one character, so that only halves match. */
const braces = /[%{}]|\p{Surrogate}/u;
const barPattern = /[%|]/u;

function escaped(text: string, pattern: RegExp): string {
  return text.replaceAll(new RegExp(pattern, 'gu'), (unit) => {
    const code = unit.charCodeAt(0);
    return code < 0x80 ? `%${code.toString(16)}` : `%u${code.toString(16)}`;
  });
}

/**
 * Returns `prefix` if it can stand in front of every name.
 *
 * @throws RangeError if it is longer than 64 characters, or not of letters, digits, `.`, `_`, `-`,
 * `:` and `/` alone.
 */
export function checkedPrefix(prefix: string): string {
  if (/^[\w.:/-]{1,64}$/.test(prefix)) return prefix;
  throw new RangeError(
    `prefix: expected 1 to 64 letters, digits, or any of . _ - : /, got ${JSON.stringify(prefix)}`,
  );
}
