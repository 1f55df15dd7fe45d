/** What is put around a carrier, so that every message can be seen. */
import { raftCodec } from '@quorate/raft';
import type { Clock, NodeId, ProtocolName, Random, Transport } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import type { MessageContext } from '../telemetry/telemetry.ts';
import { NodeEvents } from './node-events.ts';
import { ObservedTransport } from './observed-transport.ts';
import { StampedTransport } from './stamped-transport.ts';
import { type TraceEntry, TraceFeed } from './trace.ts';

/** A carrier that is observed, and by whom. */
export interface ObservedCarrier {
  readonly transport: ObservedTransport;
  readonly stamped: StampedTransport;
  readonly events: NodeEvents;
  readonly trace: TraceFeed;
}

/** Stamps messages with clocks, counts them, and traces them for those who follow. */
export function observeCarrier(
  carrier: Transport,
  options: {
    readonly clock: Clock;
    /** Wakes those who watch. */
    readonly watchClock: Clock;
    readonly random: Random;
    /** Whether nothing passes to a peer. */
    readonly isBlocked: (peer: NodeId) => boolean;
    readonly context: MessageContext | undefined;
  },
): ObservedCarrier {
  const { clock, watchClock, random, isBlocked, context } = options;
  const events = new NodeEvents();
  const trace = new TraceFeed(watchClock);
  const stamping = {
    clock,
    random,
    context,
    describe,
    detail,
    isTraced: trace.isFollowed,
    trace: trace.add,
  };
  const stamped = new StampedTransport(carrier, stamping);
  const observing = { clock: watchClock, events, describe, isBlocked };
  const transport = new ObservedTransport(stamped, observing);
  return { transport, stamped, events, trace };
}

/** What a message is called on a screen: Raft's name of its kind, or the protocol's name. */
function describe(protocol: ProtocolName, payload: Uint8Array): string {
  try {
    return protocol === 'raft' ? raftCodec.decode(payload).kind : protocol;
  } catch (error) {
    if (error instanceof DecodeError) return protocol;
    throw error;
  }
}

/** The fields of one of Raft's messages; of others nothing is known here. */
function detail(protocol: ProtocolName, payload: Uint8Array): TraceEntry['detail'] {
  if (protocol !== 'raft') return undefined;
  try {
    const fields = Object.entries(raftCodec.decode(payload)).flatMap(([name, value]) => {
      const said: unknown = Array.isArray(value) ? value.length : value;
      return isShort(said) && name !== 'kind' ? [[name, said] as const] : [];
    });
    return Object.fromEntries(fields);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isShort(value: unknown): value is number | string | boolean {
  return ['number', 'boolean', 'string'].includes(typeof value);
}
