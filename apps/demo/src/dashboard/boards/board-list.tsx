import { useSignal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { view } from '../feed.ts';
import { viewedMs } from '../time/viewed.ts';
import { type CreateAnswer, createBoard, titleOf } from './board-access.ts';
import type { Problem } from './board-client.ts';
import { knownBoards, openBoard, session } from './board-session.ts';
import { problemText } from './delivery-words.ts';

/** Of so many boards the title is asked for, and a button shown. */
const SHOWN_MAX = 24;
/** So often a board that may be there is asked for again, by itself. */
const ATTEMPTS_MORE = 2;

const titles = signal<Readonly<Record<string, string>>>({});

/** The boards that nodes know, and a way to make one. */
export function BoardList() {
  const ids = knownBoards();
  const shown = ids.slice(0, SHOWN_MAX);
  const open = session.value?.boardId;
  const nodeId = aliveNode();
  useEffect(() => void askForTitles(shown, nodeId), [shown.join(' '), nodeId]);
  return (
    <section class="panel board-list" aria-labelledby="board-list-title">
      <div class="panel-head">
        <h2 id="board-list-title">Boards</h2>
        <p class="hint">
          {ids.length > shown.length ? `${shown.length} of ${ids.length}; ` : ''}
          three nodes keep each of them
        </p>
      </div>
      <ul class="buttons">
        {shown.map((id) => (
          <li key={id}>
            <button type="button" aria-pressed={id === open} onClick={() => openBoard(id)}>
              {titles.value[id] ?? id.slice(0, 10)}
            </button>
          </li>
        ))}
        {ids.length === 0 ? <li class="empty">There are none yet.</li> : undefined}
      </ul>
      {viewedMs.value === undefined ? (
        <CreateForm nodeId={nodeId} />
      ) : (
        <p class="hint">In the past boards can be looked at, not made.</p>
      )}
    </section>
  );
}

function CreateForm({ nodeId }: { readonly nodeId: string }) {
  const title = useSignal('');
  const problem = useSignal<Problem | undefined>(undefined);
  const isWaiting = useSignal(false);
  // Kept until it is answered: sent again, it makes no second board.
  const key = useSignal(crypto.randomUUID());
  const create = async (): Promise<void> => {
    const wanted = title.value.trim().toWellFormed();
    if (wanted === '') return;
    isWaiting.value = true;
    let answer = await createBoard(nodeId, { title: wanted, key: key.value });
    for (let again = 0; again < ATTEMPTS_MORE && isInDoubt(answer); again += 1) {
      answer = await createBoard(nodeId, { title: wanted, key: key.value });
    }
    isWaiting.value = false;
    problem.value = answer.kind === 'problem' ? answer.problem : undefined;
    if (answer.kind === 'problem') return;
    titles.value = { ...titles.value, [answer.boardId]: wanted };
    title.value = '';
    key.value = crypto.randomUUID();
    openBoard(answer.boardId);
  };
  return (
    <form
      class="board-create"
      onSubmit={(event: Event) => {
        event.preventDefault();
        void create();
      }}
    >
      <input
        aria-label="Title of a new board"
        placeholder="Checkout is down"
        maxLength={200}
        value={title.value}
        autocomplete="off"
        onInput={(event: Event) => {
          if (event.target instanceof HTMLInputElement) title.value = event.target.value;
        }}
      />
      <button type="submit" class="primary" disabled={isWaiting.value || title.value.trim() === ''}>
        {problem.value === undefined ? 'Create' : 'Try again'}
      </button>
      <p class="board-problem" role="status">
        {problem.value === undefined ? '' : problemText(problem.value)}
      </p>
    </form>
  );
}

function isInDoubt(answer: CreateAnswer): boolean {
  return answer.kind === 'problem' && answer.problem.indefinite;
}

/** The leader, else a node that runs. */
function aliveNode(): string {
  const { nodes = [], leaderId } = view.value ?? {};
  return leaderId ?? nodes.find(({ process }) => process === 'running')?.id ?? 'n1';
}

async function askForTitles(ids: readonly string[], nodeId: string): Promise<void> {
  for (const id of ids) {
    if (Object.hasOwn(titles.value, id)) continue;
    const title = await titleOf(nodeId, id);
    if (title !== undefined) titles.value = { ...titles.value, [id]: title };
  }
}
