import type { Clock, NodeId, ProtocolName, Random, Transport } from '@quorate/transport';
import { protocolName } from '@quorate/transport';
import type { Codec } from '@quorate/transport/codec';

import { checkReplicaId } from '../replica-id.ts';

/** How a participant takes part. All need the same `group` and a codec of the same states. */
export interface AwarenessOptions<State> extends Partial<AwarenessLimits> {
  /** Reaches the others, under the protocol 'crdts-awareness/' and the group's name. */
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Of the states; `jsonPresence` makes one. */
  readonly codec: Codec<State>;
  /**
   * Names this participant: 1..64 bytes, another one for each tab. By default the id of the node,
   * whose participant is then gone as soon as the transport says that the node is.
   */
  readonly id?: string;
  /** Which group, of several over one transport: 1..47 characters of `a-z 0-9 . _ / -`. */
  readonly group?: string;
  /** Peers to speak to from the beginning, besides those that the transport reports. */
  readonly peers?: Iterable<NodeId>;
  /**
   * What to do with what came from one peer. 'push' (the default): pass it on to the others.
   * 'none': nothing, because all reach all.
   */
  readonly relay?: 'push' | 'none';
  /** Whether a peer may speak for a participant. By default all may: they pass on news. */
  readonly accept?: (peer: NodeId, id: string) => boolean;
  /** Receives what functions of the application throw. Default: thrown from a timer. */
  readonly onError?: (error: unknown) => void;
}

/** What bounds an awareness, and how often it speaks. */
export interface AwarenessLimits {
  /** How long the own state is gathered before it is told, in ms, at least 0. Default 50. */
  readonly intervalMs: number;
  /** After how long without a word a participant is gone, in ms, more than 0. Default 30,000. */
  readonly timeoutMs: number;
  /** Participants that are remembered, at least 1; others are not heard of. Default 1,000. */
  readonly entriesMax: number;
  /** Peers that are spoken to, at least 1. Default 1,000. */
  readonly peersMax: number;
  /** The largest state, in bytes, 1..1,000. Default 1,000. */
  readonly stateBytesMax: number;
}

const defaults: AwarenessLimits = {
  intervalMs: 50,
  timeoutMs: 30_000,
  entriesMax: 1_000,
  peersMax: 1_000,
  stateBytesMax: 1_000,
};

/** The limits with nothing left open. @throws RangeError if an option is out of its range. */
export function awarenessLimitsOf(
  options: Partial<AwarenessLimits> & { readonly id?: string },
): AwarenessLimits {
  const limits = { ...defaults };
  for (const name of ['intervalMs', 'timeoutMs', ...counts] as const) {
    limits[name] = options[name] ?? defaults[name];
  }
  const { intervalMs, timeoutMs, stateBytesMax } = limits;
  if (!(intervalMs >= 0 && intervalMs < 2 ** 31)) {
    throw new RangeError(`intervalMs: expected at least 0, got ${intervalMs}`);
  }
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw new RangeError(`timeoutMs: expected more than 0, got ${timeoutMs}`);
  }
  for (const name of counts) {
    if (Number.isSafeInteger(limits[name]) && limits[name] >= 1) continue;
    throw new RangeError(`${name}: expected an integer of at least 1, got ${limits[name]}`);
  }
  if (stateBytesMax > defaults.stateBytesMax) {
    throw new RangeError(`stateBytesMax: expected at most 1000, got ${stateBytesMax}`);
  }
  if (options.id !== undefined) checkReplicaId('id', options.id);
  return limits;
}

/** The protocol of `group`. @throws RangeError if it is no name. */
export function awarenessProtocolOf(group = 'default'): ProtocolName {
  if (/^[a-z0-9._/-]{1,47}$/.test(group)) return protocolName(`crdts-awareness/${group}`);
  const got = JSON.stringify(group);
  throw new RangeError(`group: expected 1..47 characters of a-z 0-9 . _ / -, got ${got}`);
}

const counts = ['entriesMax', 'peersMax', 'stateBytesMax'] as const;
