import type { NodeId, SendOutcome } from '@quorate/transport';

import type { NodeMessage } from '../codec/edge-messages.ts';
import type { RaftEffect, RaftInput } from '../effects.ts';

/** What users ask of a node. */
export type RequestKind = 'proposal' | 'read' | 'membership' | 'transfer';

/**
 * Watches a node from inside, for metrics and traces. Called synchronously, on the hot path: what
 * it is given is borrowed, and it must neither throw nor call the node.
 */
export interface RaftProbe {
  /** Somebody asked, and will be told `outcome`. */
  onRequest?(kind: RequestKind, outcome: Promise<{ readonly kind: string }>): void;
  /** The core is about to be told `input`. */
  onInput?(input: RaftInput): void;
  /** The core asked for `effect`, which is about to be carried out. */
  onEffect?(effect: RaftEffect): void;
  /** `message` was offered to the transport; 'unsupported': not even that, `to` is too old. */
  onSent?(
    to: NodeId,
    message: NodeMessage,
    sizeBytes: number,
    outcome: SendOutcome | 'unsupported',
  ): void;
  /** `message` came in; `undefined` if it did not decode. */
  onReceived?(from: NodeId, message: NodeMessage | undefined, sizeBytes: number): void;
}
