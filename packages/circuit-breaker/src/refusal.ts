/** What `acquire` answers instead of a generation when a call is refused. */
export const refused = 0;

/** Why a call is refused. */
export type RefusalReason =
  /** The circuit is open, and its wait is not over. */
  | 'open'
  /** All trial calls are on their way. */
  | 'halfOpen'
  /** Somebody holds it open. */
  | 'forcedOpen'
  /** It has just closed, and lets in a share of the calls. */
  | 'warmUp';
