/** What becomes of an admin's wishes, whoever carries them out. */
import type { NodeId } from '@quorate/transport';

import type { WriteAnswer } from '../config/config-answers.ts';
import type { MemberFigures } from '../observe/node-status.ts';

/** What became of the wish to change the list of nodes. */
export type MemberAnswer =
  | { readonly kind: 'listed' | 'alreadyListed' | 'unlisted' }
  | { readonly kind: 'unknownNode' | 'lastMember' | 'addressTaken' | 'tooManyMembers' }
  | Exclude<WriteAnswer, { kind: 'applied' }>
  /** Others changed the list each time that this node tried to. */
  | { readonly kind: 'contended' };

/** The nodes, as something to be changed. Repeating a wish changes nothing. */
export interface NodeChanges {
  /** Lets a node in, to vote if nothing is said; or moves one to another address. */
  add(id: string, address: string, votes?: boolean): Promise<MemberAnswer>;
  /** Lets a node go. */
  remove(id: string): Promise<MemberAnswer>;
  /** Every node and how far it is on its way in or out. */
  progress(): readonly MemberFigures[];
}

/** What became of the wish to move leadership. */
export type TransferAnswer =
  | { readonly kind: 'leads'; readonly leaderId: NodeId }
  /** It did not happen; ask again, or for another. */
  | { readonly kind: 'stays'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Leadership, as something to be moved. */
export interface LeadershipMoves {
  /** Lets `to` lead, or whoever has most of the log. Never rejects. */
  transfer(to: NodeId | undefined): Promise<TransferAnswer>;
}
