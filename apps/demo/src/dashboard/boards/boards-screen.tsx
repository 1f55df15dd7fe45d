/** The boards: two clients of one board side by side, each at a node of its own. */
import { useEffect } from 'preact/hooks';

import { BoardList } from './board-list.tsx';
import { openFirstBoard, session } from './board-session.ts';
import { ClientPanel } from './client-panel.tsx';
import { ReplicaChips } from './replica-chips.tsx';

/** The screen. */
export function BoardsScreen() {
  useEffect(openFirstBoard, []);
  const open = session.value;
  return (
    <div class="boards-screen full">
      <BoardList />
      {open === undefined ? (
        <p class="panel empty">No board is open. Create one above.</p>
      ) : (
        <>
          <ReplicaChips session={open} />
          <div class="board-clients">
            {open.clients.map((shown) => (
              <ClientPanel
                key={shown.client.board.replicaId}
                shown={shown}
                other={open.clients.find((each) => each !== shown)}
              />
            ))}
          </div>
        </>
      )}
    </div>
  );
}
