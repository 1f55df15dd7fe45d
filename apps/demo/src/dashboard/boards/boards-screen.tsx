import { NotHereYet } from '../not-here-yet.tsx';

/** Boards, edited by two people on two nodes. */
export function BoardsScreen() {
  return <NotHereYet what="boards, edited by two people on two nodes." />;
}
