import { signal } from '@preact/signals';

import { askForOwners } from '../actions.ts';
import { selectedId, view } from '../feed.ts';
import { boardRows } from './copies.ts';

/** The board to look up. */
export const boardId = signal('');

type Answer =
  | ({ readonly kind: 'owners'; readonly board: string; readonly askedNode: string } & Owners)
  | { readonly kind: 'failed'; readonly text: string };

interface Owners {
  readonly epoch: number;
  readonly owners: readonly string[];
}

const answer = signal<Answer | undefined>(undefined);

/** Asks a node which nodes own a board; any name has owners, whether such a board exists or not. */
export function LookupPanel() {
  const nodes = view.value?.nodes ?? [];
  return (
    <section class="panel" aria-labelledby="lookup-title">
      <div class="panel-head">
        <h2 id="lookup-title">Who owns a board?</h2>
        <p class="hint">any text has owners</p>
      </div>
      <form
        class="lookup"
        onSubmit={(event: Event) => {
          event.preventDefault();
          void look();
        }}
      >
        <label>
          <span>Board</span>
          <input
            value={boardId.value}
            spellcheck={false}
            autocomplete="off"
            placeholder="b-…"
            onInput={(event: Event) => {
              if (event.target instanceof HTMLInputElement) boardId.value = event.target.value;
            }}
          />
        </label>
        <label>
          <span>Ask</span>
          <select
            value={selectedId.value}
            onChange={(event: Event) => {
              if (event.target instanceof HTMLSelectElement) selectedId.value = event.target.value;
            }}
          >
            {nodes.map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" disabled={boardId.value === ''}>
          Look up
        </button>
      </form>
      <OwnersAnswer />
    </section>
  );
}

async function look(): Promise<void> {
  const [board, askedNode] = [boardId.value, selectedId.value];
  try {
    const { epoch, owners } = await askForOwners(askedNode, board);
    answer.value = { kind: 'owners', board, askedNode, epoch, owners };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    answer.value = { kind: 'failed', text };
  }
}

function OwnersAnswer() {
  const given = answer.value;
  if (given === undefined) {
    return <p class="answer empty">Choose a board of the table, or type any name.</p>;
  }
  if (given.kind === 'failed') {
    return (
      <p class="answer bad" role="status">
        {given.text}
      </p>
    );
  }
  const row = boardRows(view.value?.nodes ?? []).find((each) => each.boardId === given.board);
  const holders = [...(row?.digests.keys() ?? [])];
  return (
    <div class="answer good" role="status">
      <p>
        Owners, the first in charge first, as {given.askedNode} sees epoch {given.epoch}:
      </p>
      <ol class="owners">
        {given.owners.map((id) => (
          <li key={id}>{id}</li>
        ))}
      </ol>
      <p class="hint">
        {holders.length === 0
          ? 'No live node names a copy of it.'
          : `Copies now on ${holders.join(', ')}.`}
      </p>
    </div>
  );
}
