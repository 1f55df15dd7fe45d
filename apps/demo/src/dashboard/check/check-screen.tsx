import { NotHereYet } from '../not-here-yet.tsx';

/** What is promised, and whether it holds. */
export function CheckScreen() {
  return <NotHereYet what="the scenarios and their claims." />;
}
