import { NotHereYet } from '../not-here-yet.tsx';

/** Which nodes hold which boards. */
export function RingScreen() {
  return <NotHereYet what="the placement of boards." />;
}
