/** What becomes of reads and writes of keys, whoever carries them out. */
import type { ProposalRejection, ReadRefusal } from '@quorate/raft';

import type { ConfigCommand, ConfigResult } from './config-command.ts';
import type { ConfigValue } from './config-store.ts';
import type { ReadMode } from './read-mode.ts';

/** The operation certainly did not and will not happen. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: ProposalRejection | ReadRefusal;
}

/** What became of a write. */
export type WriteAnswer =
  /** Committed and applied. */
  | { readonly kind: 'applied'; readonly result: ConfigResult }
  | Refusal
  /** It may have happened, or may still happen. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What became of a read: the value, or that the key does not exist. */
export type ReadAnswer =
  { readonly kind: 'value'; readonly value: ConfigValue | undefined } | Refusal;

/** Keys, as clients may read and change them. */
export interface ConfigKeys {
  /** Reads one key. Never rejects. */
  read(key: string, mode: ReadMode): Promise<ReadAnswer>;
  /** Changes one key. Never rejects. */
  write(command: ConfigCommand): Promise<WriteAnswer>;
}
