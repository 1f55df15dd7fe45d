import type { IdentityRecord } from '../../src/node/identity.ts';

/** Of a directory in its first boot that has met nobody. */
export const emptyIdentity: IdentityRecord = {
  directoryId: '0123456789abcdef',
  bootCount: 1,
  knownBy: new Map(),
  known: new Map(),
};
