import { DiskError, type DiskErrorCode } from '../errors.ts';

const CODES: ReadonlyMap<string, DiskErrorCode> = new Map<string, DiskErrorCode>([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['ENOENT', 'DISK_NOT_FOUND'],
  ['ENOTDIR', 'DISK_NOT_FOUND'],
  ['EEXIST', 'DISK_EXISTS'],
]);

/** What the system reported, in the words of the `Disk` port. */
export function diskError(path: string, cause: unknown): DiskError {
  const systemCode = systemCodeOf(cause);
  const code = CODES.get(systemCode) ?? 'DISK_FAILED';
  const message = cause instanceof Error ? cause.message : String(cause);
  return new DiskError(code, path, message, { cause });
}

/** `ENOENT` and the like; the empty string if there is none. */
export function systemCodeOf(cause: unknown): string {
  if (!(cause instanceof Error) || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}
