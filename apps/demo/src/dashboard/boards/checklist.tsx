import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { edit, type ShownClient } from './board-session.ts';

interface Item {
  readonly id: string;
  readonly text: string;
  readonly isDone: boolean;
}

/** What is to be done: a list that both sort at once, in which nothing is ever there twice. */
export function Checklist({ shown }: { readonly shown: ShownClient }) {
  const { name, client, revision } = shown;
  const list = useRef<HTMLUListElement>(null);
  const dragged = useSignal<string | undefined>(undefined);
  const checklist = revision.value >= 0 ? [...client.board.root.checklist] : [];
  const items = checklist.map(({ id = '', text = '', isDone = false }) => ({ id, text, isDone }));
  return (
    <div class="board-field checklist" role="group" aria-label={`Checklist, ${name}`}>
      <span>Checklist</span>
      <ul ref={list}>
        {items.map((item, index) => (
          <li key={item.id} class={item.id === dragged.value ? 'dragged' : ''}>
            <button
              type="button"
              class="grip"
              aria-label={`Move ${item.text}: arrow up, arrow down`}
              title="Drag, or arrow up and down"
              onKeyDown={(event: KeyboardEvent) => moveByKey(shown, index, event)}
              onPointerDown={(event: PointerEvent) => {
                dragged.value = item.id;
                if (event.target instanceof Element)
                  event.target.setPointerCapture(event.pointerId);
              }}
              onPointerMove={(event: PointerEvent) => {
                const to = indexAt(list.current, event.clientY);
                if (dragged.value === item.id) moveItem(shown, index, to);
              }}
              onLostPointerCapture={() => {
                dragged.value = undefined;
              }}
            >
              ⠿
            </button>
            <ItemText shown={shown} item={item} />
          </li>
        ))}
      </ul>
      <NewItem shown={shown} />
    </div>
  );
}

function ItemText({ shown, item }: { readonly shown: ShownClient; readonly item: Item }) {
  const { id, text, isDone } = item;
  return (
    <>
      <label class={isDone ? 'done' : ''}>
        <input
          type="checkbox"
          checked={isDone}
          onChange={() =>
            edit(shown, (root) => {
              const found = [...root.checklist].find((each) => each.id === id);
              if (found !== undefined) found.isDone = !isDone;
            })
          }
        />
        <span>{text}</span>
      </label>
      <button
        type="button"
        class="quiet"
        aria-label={`Remove ${text}`}
        onClick={() =>
          edit(shown, ({ checklist }) => {
            const index = [...checklist].findIndex((each) => each.id === id);
            if (index >= 0) checklist.delete(index);
          })
        }
      >
        ✕
      </button>
    </>
  );
}

function NewItem({ shown }: { readonly shown: ShownClient }) {
  const text = useSignal('');
  return (
    <form
      class="new-item"
      onSubmit={(event: Event) => {
        event.preventDefault();
        const wanted = text.value.trim().toWellFormed();
        if (wanted === '') return;
        text.value = '';
        const id = crypto.randomUUID();
        edit(shown, ({ checklist }) => checklist.push({ id, text: wanted, isDone: false }));
      }}
    >
      <input
        aria-label={`New item, ${shown.name}`}
        placeholder="Add an item"
        maxLength={1_000}
        autocomplete="off"
        value={text.value}
        onInput={(event: Event) => {
          if (event.target instanceof HTMLInputElement) text.value = event.target.value;
        }}
      />
      <button type="submit">Add</button>
    </form>
  );
}

function moveByKey(shown: ShownClient, index: number, event: KeyboardEvent): void {
  const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
  if (step === 0) return;
  event.preventDefault();
  moveItem(shown, index, index + step);
}

function moveItem(shown: ShownClient, from: number, to: number): void {
  const { length } = shown.client.board.root.checklist;
  if (from === to || to < 0 || to >= length) return;
  edit(shown, ({ checklist }) => checklist.move(from, to));
}

/** The item that lies at a height of the window. */
function indexAt(list: HTMLUListElement | null, y: number): number {
  const items = [...(list?.children ?? [])].map((item) => item.getBoundingClientRect());
  const below = items.findIndex(({ bottom }) => y < bottom);
  return below < 0 ? items.length - 1 : below;
}
