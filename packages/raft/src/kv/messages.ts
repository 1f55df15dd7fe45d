import type { NodeId } from '@quorate/transport';

import type { ReadFreshness } from '../node/outcomes.ts';

/** A key with its value and its history in short. Keys are texts, values are bytes. */
export interface KeyValueEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** The write that made the key, after which it was not deleted. */
  readonly createRevision: number;
  /** The last write. */
  readonly modRevision: number;
  /** How many writes since it was made, that one included. */
  readonly version: number;
}

/** What must hold of a key for a transaction to succeed. */
export type KeyValueCompare =
  | { readonly kind: 'exists'; readonly key: string }
  | { readonly kind: 'missing'; readonly key: string }
  | { readonly kind: 'value'; readonly key: string; readonly value: Uint8Array }
  /** Its last write is `revision`; 0 for a key that is missing. */
  | { readonly kind: 'revision'; readonly key: string; readonly revision: number }
  /** Nobody has written it after `revision`, or it is missing. */
  | { readonly kind: 'unchangedSince'; readonly key: string; readonly revision: number };

/** What a transaction does with one key. */
export type KeyValueOperation =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: string };

/**
 * Does `then` if all of `compare` hold, `otherwise` if not; at once, as nobody sees a part of it.
 * Neither may write a key twice.
 */
export interface KeyValueTransaction {
  readonly compare: readonly KeyValueCompare[];
  readonly then: readonly KeyValueOperation[];
  readonly otherwise: readonly KeyValueOperation[];
}

/** What stands in the log. */
export type KeyValueCommand =
  | ({ readonly kind: 'transaction' } & KeyValueTransaction)
  /** Forgets the changes up to `revision`: watches can no longer begin there. */
  | { readonly kind: 'compact'; readonly revision: number };

/** What became of one operation, as of the beginning of its transaction. */
export type KeyValueOperationResult =
  | { readonly kind: 'get'; readonly entry: KeyValueEntry | undefined }
  | { readonly kind: 'put'; readonly isNew: boolean }
  | { readonly kind: 'delete'; readonly existed: boolean };

/** Why the store changed nothing. */
export type KeyValueRefusal =
  /** The store would hold more bytes than it may. */
  | 'storeFull'
  /** The revision to compact has not happened yet. */
  | 'future'
  /** These bytes are no command of this version. */
  | 'malformed';

/** What the store answers to a command. */
export type KeyValueResult =
  | {
      readonly kind: 'transacted';
      /** Whether `then` was done. */
      readonly succeeded: boolean;
      /** Of the store, afterwards: that of this transaction if it wrote or deleted anything. */
      readonly revision: number;
      readonly results: readonly KeyValueOperationResult[];
    }
  | { readonly kind: 'compacted'; readonly oldestRevision: number }
  | { readonly kind: 'refused'; readonly reason: KeyValueRefusal };

/** One change of one key. */
export type KeyValueChange =
  | {
      readonly kind: 'put';
      readonly revision: number;
      readonly key: string;
      readonly value: Uint8Array;
    }
  | { readonly kind: 'delete'; readonly revision: number; readonly key: string };

/** What is asked of a store without changing it. */
export type KeyValueQuery = (
  | { readonly kind: 'get'; readonly key: string }
  | {
      readonly kind: 'list';
      readonly prefix: string;
      /** Only keys after this one. */
      readonly after: string | undefined;
      /** At most this many. At least 1. */
      readonly limit: number;
    }
) & {
  /** How fresh the answer is to be. Linearizable if left out. */
  readonly freshness?: ReadFreshness;
};

/** The answer to a query, as of `revision`. */
export type KeyValueReply =
  | {
      readonly kind: 'entry';
      readonly revision: number;
      readonly entry: KeyValueEntry | undefined;
    }
  | {
      readonly kind: 'page';
      readonly revision: number;
      readonly entries: readonly KeyValueEntry[];
      /** Whether there are keys after the last of these. */
      readonly hasMore: boolean;
    };

/** What a node says to a query. */
export type QueryAttempt =
  | { readonly kind: 'answered'; readonly reply: KeyValueReply }
  /** It cannot vouch for what it holds. Ask `leaderId`, if it is known. */
  | { readonly kind: 'refused'; readonly leaderId: NodeId | undefined };

/** All that a store holds, as plain values. */
export interface KeyValueState {
  /** The last that changed anything. */
  readonly revision: number;
  /** Changes up to here are forgotten. */
  readonly compactedRevision: number;
  /** In the order of keys. */
  readonly entries: readonly KeyValueEntry[];
  /** In the order in which they happened. */
  readonly changes: readonly KeyValueChange[];
}
