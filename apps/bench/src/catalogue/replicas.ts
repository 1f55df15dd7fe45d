/**
 * Two replicas of one value: what one does arrives at the other as bytes, which is what a change of
 * a replicated value costs an application, whatever a library keeps inside.
 */
import type { Codec } from '@quorate/transport/codec';
import { LoroDoc } from 'loro-crdt';
import { applyUpdateV2, Doc } from 'yjs';

/** A value at two replicas, of ours: deltas travel as their codec writes them. */
export class ReplicatedPair<State> {
  readonly #join: (left: State, right: State) => State;
  readonly #codec: Codec<State>;
  local: State;
  remote: State;

  constructor(
    lattice: { readonly bottom: State; join(left: State, right: State): State },
    codec: Codec<State>,
  ) {
    this.#join = (left, right) => lattice.join(left, right);
    this.#codec = codec;
    this.local = lattice.bottom;
    this.remote = lattice.bottom;
  }

  /** Joins `delta` here, and what is decoded of its bytes there. */
  send(delta: State): void {
    this.local = this.#join(this.local, delta);
    this.remote = this.#join(this.remote, this.#codec.decode(this.#codec.encode(delta)));
  }
}

/** Two documents of Yjs, the second of which gets what the first does. */
export function yjsPair(): { readonly local: Doc; readonly remote: Doc } {
  const [local, remote] = [new Doc(), new Doc()];
  local.on('updateV2', (update) => applyUpdateV2(remote, update));
  return { local, remote };
}

/** Two documents of Loro, the second of which gets what the first commits. */
export function loroPair(): { readonly local: LoroDoc; readonly remote: LoroDoc } {
  const [local, remote] = [new LoroDoc(), new LoroDoc()];
  local.subscribeLocalUpdates((update) => void remote.import(update));
  return { local, remote };
}
