/**
 * Two nodes make their sets equal, for about as many bytes as they differ by.
 *
 * The asking node gets coded symbols of the peer's set (`../difference/sketch.ts`), a few at first
 * and then as many more as the empty ones among them suggest, until it knows the hashes of what
 * either lacks. Then it pushes what the peer lacks and fetches what it lacks itself.
 *
 * ```text
 *   asking                                   asked
 *     open, seed, 32 symbols     ─────────▸  keeps its set as it is now
 *     symbols 0..31              ◂─────────
 *     symbols 32..151            ─────────▸        as long as the symbols do not decode
 *     push a, b                  ─────────▸  adds them
 *     fetch the hash of c        ─────────▸
 *     c                          ◂─────────
 * ```
 *
 * A symbol costs 14 bytes or so, and 1.4 to 2 are needed for each item that differs: dear if most
 * do. If more than one in eight seems to, the two exchange filters first, part by part,
 * and each sends what the other's filter does not know: 1.3 bytes for each item, whatever differs.
 * A filter takes about one in a hundred for known that is not; the symbols find those afterwards.
 *
 * Each comparison hashes from a new seed: two items with one hash, which no comparison tells apart,
 * have two in the next. A message that is lost is asked for again, and one that comes twice does no
 * harm: sets only grow.
 *
 * Sources: as in `../difference/sketch.ts`; Byers, Considine, Mitzenmacher and Rost, "Informed
 * Content Delivery Across Adaptive Overlay Networks", SIGCOMM 2002 (filters first).
 */
import { type NodeId, RequestRefusedError, TransportError } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';
import { systemRandom } from '@quorate/transport/system';

import { reconcileReplyCodec, reconcileRequestCodec } from './codec.ts';
import { Comparison, type ReconcileCounts } from './comparison.ts';
import type { ReconcileRequest } from './messages.ts';
import {
  limitsOf,
  type ReconcilerLimits,
  type SetReconcilerOptions,
} from './reconciler-options.ts';
import { Responder } from './responder.ts';
import { SetSnapshot } from './snapshot.ts';

/** How a comparison ended. Items that it moved until then are not taken back. */
export type ReconcileOutcome = ReconcileCounts &
  (
    | { readonly kind: 'reconciled' }
    /** The peer does not answer, or no longer. */
    | { readonly kind: 'unreachable'; readonly error: Error }
    /** It answers, but not as a reconciler of this version does. */
    | { readonly kind: 'incompatible'; readonly error: Error }
    /** Comparisons broke off each time: the peer restarts, or has too many others. */
    | { readonly kind: 'interrupted' }
  );

/** Comparisons that may break off, or need another after filters, before this one gives up. */
const COMPARISONS_MAX = 8;

/** Makes a set equal to those of other nodes, and answers when they ask for the same. */
export class SetReconciler {
  readonly #options: SetReconcilerOptions;
  readonly #limits: ReconcilerLimits;
  readonly #method: string;
  readonly #responder: Responder;
  readonly #stopServing: () => void;

  /**
   * Begins to answer peers.
   *
   * @throws RangeError if an option is out of its range, or the method is already served.
   */
  constructor(options: SetReconcilerOptions) {
    this.#options = options;
    this.#limits = limitsOf(options);
    this.#method = options.method ?? 'set-reconciliation';
    this.#responder = new Responder(options.set, this.#limits);
    this.#stopServing = options.requester.serve(this.#method, (payload, { from }) =>
      this.#answer(payload, from),
    );
  }

  /** Peers whose comparison with this set is under way, or was never ended. */
  get sessionCount(): number {
    return this.#responder.sessionCount;
  }

  /**
   * Gives each of the two sets what it lacks of the other, as both were when it began.
   *
   * @param signal - Aborting it rejects with its reason. What was moved stays.
   * @throws RangeError (as a rejection) if an item is longer than `itemBytesMax`.
   *
   * @remarks
   * O(items) time here and at the peer, in one piece. Bytes: 14
   * for each of 1.4 to 2 symbols a difference and 8 a fetched item, besides the items; no more than
   * about 1.3 for each item of both sets where they differ in most.
   */
  async reconcile(
    peer: NodeId,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<ReconcileOutcome> {
    const { set, requester, random = systemRandom } = this.#options;
    const whom = { requester, peer, method: this.#method, signal };
    const comparison = new Comparison(whom, set, this.#limits);
    try {
      for (let round = 0; round < COMPARISONS_MAX; round += 1) {
        const seed = random.uint32();
        const snapshot = new SetSnapshot(set, seed, this.#limits.itemBytesMax);
        if (await comparison.run(snapshot, seed, random.uint32())) {
          return { kind: 'reconciled', ...comparison.counts };
        }
      }
      return { kind: 'interrupted', ...comparison.counts };
    } catch (error) {
      signal?.throwIfAborted();
      const kind = kindOf(error);
      if (kind === undefined || !(error instanceof Error)) throw error;
      return { kind, error, ...comparison.counts };
    }
  }

  /** Answers nobody from now on. Comparisons of its own go on. */
  close(): void {
    this.#stopServing();
  }

  #answer(payload: Uint8Array, from: NodeId): Uint8Array {
    let request: ReconcileRequest;
    try {
      request = reconcileRequestCodec.decode(payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new RequestRefusedError('declined', error.message);
    }
    return reconcileReplyCodec.encode(this.#responder.answer(from, request));
  }
}

/** What a failed request says about the peer; nothing if it says something about this code. */
function kindOf(error: unknown): 'unreachable' | 'incompatible' | undefined {
  if (error instanceof DecodeError) return 'incompatible';
  if (!(error instanceof TransportError)) return undefined;
  const isForeign =
    error instanceof RequestRefusedError &&
    (error.reason === 'noSuchMethod' || error.reason === 'declined');
  return isForeign ? 'incompatible' : 'unreachable';
}
