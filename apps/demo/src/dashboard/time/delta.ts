/**
 * What has changed from one JSON document to the next, as JSON.
 *
 * ```text
 *   {"a":1,"b":{"c":2,"d":3}}  ->  {"a":1,"b":{"c":5},"e":[6]}
 *   {"b":{"c":[5],"d":0},"e":[[6]]}          [value]: it is that now; 0: it is gone
 * ```
 */

/** The changes of one document; undefined if there are none. */
export type Delta = readonly [unknown] | 0 | { readonly [key: string]: Delta };

/** What makes `after` of `before`. O(size of both). */
export function deltaOf(before: unknown, after: unknown): Delta | undefined {
  if (before === after) return undefined;
  if (!isDocument(before) || !isDocument(after) || !isAlike(before, after)) return [after];
  const changes: [string, Delta][] = [];
  for (const [key, value] of Object.entries(after)) {
    const delta = Object.hasOwn(before, key) ? deltaOf(before[key], value) : ([value] as const);
    if (delta !== undefined) changes.push([key, delta]);
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.push([key, 0]);
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** `before` with the changes made. What has not changed is shared with it. */
export function patched(before: unknown, delta: Delta | undefined): unknown {
  if (delta === undefined || delta === 0) return before;
  if (isReplacement(delta)) return delta[0];
  const entries = new Map(Object.entries(isDocument(before) ? before : {}));
  for (const [key, change] of Object.entries(delta)) {
    if (change === 0) entries.delete(key);
    else entries.set(key, patched(entries.get(key), change));
  }
  return Array.isArray(before) ? [...entries.values()] : Object.fromEntries(entries);
}

type Document = Readonly<Record<string, unknown>>;

/** Whether both are objects, or lists of one length, whose parts can be compared one by one. */
function isAlike(before: Document, after: Document): boolean {
  const areLists = Array.isArray(before) && Array.isArray(after);
  if (areLists) return before.length === after.length;
  return Array.isArray(before) === Array.isArray(after);
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null;
}

function isReplacement(delta: Delta): delta is readonly [unknown] {
  return Array.isArray(delta);
}
