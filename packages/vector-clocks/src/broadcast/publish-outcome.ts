import type { ReplicaId } from '../replica-id.ts';

/** What became of a message that was to be published. */
export type PublishOutcome =
  /** It is delivered here, and on its way. `origin` and `counter` name it for ever. */
  | { readonly kind: 'accepted'; readonly origin: ReplicaId; readonly counter: number }
  /** Too much is not stable yet. Wait for `onWritable`. */
  | { readonly kind: 'full' }
  /** The state is not there yet, or no epoch is. */
  | { readonly kind: 'joining' }
  /** An epoch without this process has begun. */
  | { readonly kind: 'removed' };

/** Where a process stands with the group. */
export type Membership = 'none' | 'joining' | 'member' | 'removed';
