import { NotHereYet } from '../not-here-yet.tsx';

/** How each node sees each other. */
export function ResilienceScreen() {
  return <NotHereYet what="breakers and suspicion." />;
}
