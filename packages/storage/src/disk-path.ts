/**
 * Accepts `path` as a name within a disk and returns its parts.
 *
 * @throws RangeError if a part is empty, `.`, `..`, holds a backslash, a NUL or half of a surrogate
 *   pair, or if the path is absolute. No disk ever reaches outside its root.
 */
export function pathParts(path: string): readonly string[] {
  const parts = path.split('/');
  if (!parts.every(isPlainName)) {
    throw new RangeError(
      `path: expected relative names joined by '/', got ${JSON.stringify(path)}`,
    );
  }
  return parts;
}

/** Like `pathParts`, and the empty string names the root of the disk. */
export function directoryParts(directory: string): readonly string[] {
  return directory === '' ? [] : pathParts(directory);
}

/** The folder that holds `path`; the empty string for the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** `name` within `directory`, where the empty string is the root. */
export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

function isPlainName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  return !name.includes('\\') && !name.includes('\0') && name.isWellFormed();
}

/** @throws RangeError if `value` is no offset or size of a file. */
export function requireByteCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${name}: expected an integer in 0..2^53-1, got ${value}`);
}
