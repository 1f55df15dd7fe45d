/*
 * Operations of causal types.
 *
 * A delta of a causal type has the dot of the change, if it makes one, what that stands for, and
 * the dots that the change replaces or removes (see `causal.ts`). The dot follows from the
 * delivery: it is the next one of its author, at the author as at everybody who has taken in
 * exactly what the author had. So an operation is what the dot stands for, and what was seen.
 */
import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import {
  type CausalContext,
  contextOf,
  type Dot,
  joinContexts,
  nextDot,
  withoutDots,
} from '../../causal/causal-context.ts';
import { type Causal, type DotStore, joinCausal } from '../../causal/causal.ts';
import { stateCodec } from '../state-codec.ts';
import { heardFrom, readSeen, toldBy, writeSeen } from './author-names.ts';
import { expectOneChange, type OperationType } from './operation-type.ts';

/** A change of a causal type. */
export type DottedOperation<Content> =
  /** Something new, in the place of what was seen there. */
  | { readonly kind: 'make'; readonly content: Content; readonly seen: CausalContext }
  /** What was seen there is gone. */
  | { readonly kind: 'take'; readonly seen: CausalContext };

/** What the one dot of a change stands for, in stores of one kind. */
export interface DotContent<Store, Content> {
  /** What the dot in `store` stands for; `store` has exactly one. */
  readonly of: (store: Store) => Content;
  /** The store of `dot`, which stands for `content`. */
  readonly at: (dot: Dot, content: Content) => Store;
  /** Writes the content. */
  readonly write: (writer: ByteWriter, content: Content) => void;
  /** Reads what `write` wrote. */
  readonly read: (reader: ByteReader) => Content;
}

/** A causal type by operations, which can be nested in maps as the type can. */
export interface CausalOperations<Store, Content> extends OperationType<
  Causal<Store>,
  DottedOperation<Content>
> {
  /** What the dots of its changes stand for. */
  readonly content: DotContent<Store, Content>;
}

/** The operations of a causal type. */
export function causalOperations<Store, Content>(
  tag: number,
  { store: kind }: { readonly store: DotStore<NoInfer<Store>> },
  content: DotContent<Store, Content>,
): CausalOperations<Store, Content> {
  return {
    bottom: { store: kind.empty, context: undefined },
    prepare(state, replicaId, delta) {
      const [dot, ...others] = kind.dots(delta.store);
      if (dot === undefined) {
        if (delta.context === undefined) return undefined;
        return { kind: 'take', seen: toldBy(replicaId, delta.context) };
      }
      const next = nextDot(state.context, replicaId);
      const isNext = dot.replicaId === replicaId && dot.counter === next.counter;
      expectOneChange(others.length === 0 && isNext);
      const seen = toldBy(replicaId, withoutDots(delta.context, contextOf([next])));
      return { kind: 'make', content: content.of(delta.store), seen };
    },
    effect(state, replicaId, operation) {
      const seen = heardFrom(replicaId, operation.seen);
      if (operation.kind === 'take') {
        return joinCausal(kind, state, { store: kind.empty, context: seen });
      }
      const dot = nextDot(state.context, replicaId);
      const store = content.at(dot, operation.content);
      return joinCausal(kind, state, { store, context: joinContexts(seen, contextOf([dot])) });
    },
    codec: stateCodec<DottedOperation<Content>>({
      tag,
      write(writer, operation) {
        writer.u8(Number(operation.kind === 'make'));
        writeSeen(writer, operation.seen);
        if (operation.kind === 'make') content.write(writer, operation.content);
      },
      read(reader) {
        const kindRead = reader.u8();
        if (kindRead > 1) throw new DecodeError(`kind: expected 0 or 1, got ${kindRead}`);
        const seen = readSeen(reader);
        return kindRead === 0
          ? { kind: 'take', seen }
          : { kind: 'make', content: content.read(reader), seen };
      },
    }),
    content,
  };
}
