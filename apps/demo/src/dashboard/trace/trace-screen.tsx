import { NotHereYet } from '../not-here-yet.tsx';

/** Messages between nodes, in causal time. */
export function TraceScreen() {
  return <NotHereYet what="messages in causal time." />;
}
