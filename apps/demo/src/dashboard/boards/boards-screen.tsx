/** The boards: two clients of one board side by side, each at a node of its own. */
import { useEffect } from 'preact/hooks';

import { viewedMs } from '../time/viewed.ts';
import { BoardHistoryBar } from './board-history-bar.tsx';
import { BoardList } from './board-list.tsx';
import {
  clientAt,
  openFirstBoard,
  type Session,
  session,
  type ShownClient,
} from './board-session.ts';
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
        <OpenBoard open={open} />
      )}
    </div>
  );
}

/** The board that is open: as it is, or as each copy was at the time that is looked at. */
function OpenBoard({ open }: { readonly open: Session }) {
  const atMs = viewedMs.value;
  const shown = open.clients.map((now) => ({
    name: now.name,
    client: atMs === undefined ? now : clientAt(open, now.name, atMs),
  }));
  const clients = shown.flatMap(({ client }) => client ?? []);
  return (
    <>
      <ReplicaChips boardId={open.boardId} clients={clients} />
      <BoardHistoryBar open={open} />
      <div class="board-clients">
        {shown.map(({ name, client }) =>
          client === undefined ? (
            <Absent key={name} name={name} />
          ) : (
            <Copy
              key={`${client.replicaId} ${String(client.isPast)}`}
              client={client}
              clients={clients}
            />
          ),
        )}
      </div>
    </>
  );
}

function Copy(props: { readonly client: ShownClient; readonly clients: readonly ShownClient[] }) {
  const { client, clients } = props;
  const panel = <ClientPanel shown={client} other={clients.find((each) => each !== client)} />;
  return client.isPast ? (
    <fieldset class="past" disabled>
      {panel}
    </fieldset>
  ) : (
    panel
  );
}

function Absent({ name }: { readonly name: string }) {
  return (
    <section class="panel board-client absent" aria-label={name}>
      <h2>{name}</h2>
      <p class="empty">
        Not recorded: {name} had no copy of this board then, or it is too long ago.
      </p>
    </section>
  );
}
