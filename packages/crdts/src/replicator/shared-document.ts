import type { NodeId } from '@quorate/transport';

import type { Replica } from '../replica.ts';
import type { Mark } from './link.ts';
import { versionHash } from './version-hash.ts';

/** A document that a peer sent whole, because updates cannot bring what it has trimmed. */
export interface WholeDocument {
  readonly document: string;
  readonly peer: NodeId;
  /** As `save` of the peer's replica gave them. */
  readonly bytes: Uint8Array;
}

/** How a document takes part. */
export interface AttachOptions<R extends Replica = Replica> {
  /**
   * Settles once all that the replica has is durable, or rejects if it cannot be made so now. What
   * is not durable is neither acknowledged, so that a peer sends it again to a node that has lost
   * it, nor sent, so that no peer has what depends on something lost; but it is sent if it cannot
   * be made durable. Left out: nothing is kept, or it need not be.
   */
  readonly flushed?: () => Promise<void>;
  /**
   * Whether this node means to keep the document; asked each time that others are told what is
   * here. While it says no, others get what is here and do not count on it. Left out: it does.
   */
  readonly keeps?: () => boolean;
  /**
   * The whole document as bytes, for peers that lack what was trimmed. Left out: they cannot get
   * it from here, and `onProblem` says so.
   */
  readonly save?: () => Uint8Array;
  /**
   * Called with a whole document when only that brings what a peer has, and the peer had, when it
   * was last heard of, all that is here. Left out: none is taken, and `onProblem` says so.
   *
   * @returns The replica that is attached from now on, unless it lacks something of what is here,
   *   which would be lost: one of those bytes, under a fresh id; or the one that is attached, if it
   *   took them over. `undefined` refuses.
   */
  readonly onWholeDocument?: (whole: WholeDocument) => R | undefined;
  /** Called when that replica has taken the place of the one before: show it from now on. */
  readonly onReplaced?: (replica: R) => void;
}

/** What is left of the options when the type of the replica is forgotten. */
export interface ShareOptions {
  readonly flushed: (() => Promise<void>) | undefined;
  readonly keeps: () => boolean;
  readonly save: (() => Uint8Array) | undefined;
  /** Makes a replica of a whole document; and what to call when it has taken the place. */
  readonly take: ((whole: WholeDocument) => TakenDocument | undefined) | undefined;
}

/** A replica that is to take the place of another one. */
export interface TakenDocument {
  readonly replica: Replica;
  readonly tell: () => void;
}

/** The options, whatever the type of the replica. */
export function shareOptions<R extends Replica>(options: AttachOptions<R>): ShareOptions {
  const { flushed, keeps = () => true, save, onWholeDocument, onReplaced } = options;
  const take = (whole: WholeDocument): TakenDocument | undefined => {
    const replica = onWholeDocument?.(whole);
    return replica && { replica, tell: () => onReplaced?.(replica) };
  };
  return { flushed, keeps, save, take: onWholeDocument === undefined ? undefined : take };
}

/** A replica under its name, with its version as of its latest change. */
export class SharedDocument {
  readonly name: string;
  readonly options: ShareOptions;
  /** Which of all attachments over the transport this one is; they ascend from 1. */
  attachment = 0;
  /** Whether an update had to wait, at any time. */
  hasWaited = false;
  #replica: Replica;
  #change = 0;
  #mark: Mark | undefined;
  #hash: Uint8Array | undefined;
  #listener: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(name: string, replica: Replica, options: ShareOptions) {
    this.name = name;
    this.#replica = replica;
    this.options = options;
  }

  /** What replicates. */
  get replica(): Replica {
    return this.#replica;
  }

  /** How often the replica has changed. */
  get change(): number {
    return this.#change;
  }

  /** Whether something may wait for its past. */
  get mayHaveWaiting(): boolean {
    const { waitingCount } = this.#replica;
    return waitingCount === undefined ? this.hasWaited : waitingCount > 0;
  }

  /** Its version now. */
  get mark(): Mark {
    this.#mark ??= { version: this.#replica.encodeVersion(), change: this.#change };
    return this.#mark;
  }

  /** The hash of its version now. */
  get hash(): Uint8Array {
    this.#hash ??= versionHash(this.mark.version);
    return this.#hash;
  }

  /** Calls `listener` after each local change. */
  watch(listener: () => void): void {
    this.#unsubscribe();
    this.#listener = listener;
    this.#unsubscribe = this.#replica.onLocalUpdate(() => {
      this.touch();
      listener();
    });
  }

  /** Goes on with another replica, or with the same one that is another now. */
  replace(replica: Replica): void {
    this.#replica = replica;
    this.watch(this.#listener);
    this.hasWaited = false;
    this.touch();
  }

  /** Notes that the replica has changed. */
  touch(): void {
    this.#change += 1;
    this.#mark = undefined;
    this.#hash = undefined;
  }

  /** Watches no more. */
  release(): void {
    this.#unsubscribe();
  }
}
