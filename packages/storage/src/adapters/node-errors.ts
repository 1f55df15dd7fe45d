import { DiskError, type DiskErrorCode } from '../errors.ts';

const codes: Readonly<Record<string, DiskErrorCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  ENOENT: 'DISK_NOT_FOUND',
  EEXIST: 'DISK_EXISTS',
};

/** What the system said, in the words of the port. */
export function diskErrorOf(path: string, cause: unknown): DiskError {
  const name: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  const known = typeof name === 'string' && Object.hasOwn(codes, name) ? codes[name] : undefined;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new DiskError(known ?? 'DISK_FAILED', path, message, { cause });
}
