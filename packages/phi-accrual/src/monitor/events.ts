import type { NodeId } from '@quorate/transport';

import type { OutboundState } from '../peers/outbound-link.ts';

/** Something has changed, as far as this node can know. Times are its clock's. */
export type MonitorEvent =
  /** The peer has been silent for longer than it would be if it were well. */
  | {
      readonly kind: 'suspected';
      readonly peer: NodeId;
      /** Of its latest life that was heard; -1 if it never was. */
      readonly incarnation: number;
      readonly atMs: number;
      /** What its detector says, in the unit of its threshold. */
      readonly suspicion: number;
      /** Since its last sign of life, or since it was added. */
      readonly silentMs: number;
    }
  /** It is there: heard for the first time, or again. */
  | {
      readonly kind: 'trusted';
      readonly peer: NodeId;
      readonly incarnation: number;
      readonly atMs: number;
      readonly after: 'unheard' | 'suspected';
      /** How long it was that. */
      readonly afterMs: number;
      /** Whether it is the life that was suspected: it was alive all the time, or stood still. */
      readonly isRefuted: boolean;
    }
  /** Another life of it has begun: whatever it kept in memory is gone. */
  | {
      readonly kind: 'restarted';
      readonly peer: NodeId;
      readonly incarnation: number;
      readonly atMs: number;
    }
  /** The ways between us have changed. Both are as they should be if both are 'heard'. */
  | {
      readonly kind: 'link';
      readonly peer: NodeId;
      readonly atMs: number;
      /** From the peer to us: 'throughOthers' if only others hear it. */
      readonly inbound: InboundState;
      /** From us to the peer: 'lost' if it says that it does not hear us. */
      readonly outbound: OutboundState;
    }
  /** This process stood still. Nobody is suspected for the silence of that time. */
  | { readonly kind: 'paused'; readonly atMs: number; readonly pausedMs: number };

/** What is known about the way from a peer to us. */
export type InboundState = 'heard' | 'throughOthers' | 'silent';
