import { bindTextarea, sharedTextOf } from '@quorate/crdts/textarea';
import { useEffect, useRef } from 'preact/hooks';

import type { ShownClient } from './board-session.ts';

/**
 * The notes: a text in which both type. Behind it lies the same text, unseen, which shows where the
 * other one's caret is.
 */
export function NotesField({
  shown,
  other,
}: {
  readonly shown: ShownClient;
  readonly other: ShownClient | undefined;
}) {
  const { name, client, undo, caret } = shown;
  const area = useRef<HTMLTextAreaElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const text = sharedTextOf(client.board, client.board.root.notes);
    return bindTextarea(element, text, { undo });
  }, [client]);
  const followScroll = (): void => {
    if (mirror.current !== null) mirror.current.scrollTop = area.current?.scrollTop ?? 0;
  };
  const tellCaret = (): void => {
    const { notes } = client.board.root;
    const at = area.current?.selectionEnd ?? 0;
    const isInPair = /^[\uDC00-\uDFFF]/.test(notes.slice(at, at + 1));
    caret.value = at > notes.length || isInPair ? undefined : notes.cursor(at, 'before');
  };
  return (
    <label class="board-field">
      <span>Notes</span>
      <div class="notes">
        <div class="notes-mirror" aria-hidden="true" ref={mirror}>
          <OtherCaret shown={shown} other={other} />
        </div>
        <textarea
          ref={area}
          rows={6}
          aria-label={`Notes, ${name}`}
          spellcheck={false}
          onScroll={followScroll}
          onKeyUp={tellCaret}
          onPointerUp={tellCaret}
          onInput={() => {
            tellCaret();
            followScroll();
          }}
          onBlur={() => {
            caret.value = undefined;
          }}
        />
      </div>
    </label>
  );
}

/** Carets travel within the page, and only while both clients are connected. */
function OtherCaret({
  shown: { client, revision },
  other,
}: {
  readonly shown: ShownClient;
  readonly other: ShownClient | undefined;
}) {
  if (other === undefined || revision.value + other.revision.value < 0) return null;
  const isTold = [client, other.client].every(({ state }) => state.connection === 'live');
  const cursor = other.caret.value;
  if (!isTold || cursor === undefined) return null;
  const { notes } = client.board.root;
  const at = notes.position(cursor);
  if (at < 0) return null;
  return (
    <>
      {notes.slice(0, at)}
      <span class={`other-caret ${other.name.toLowerCase()}`}>
        <b>{other.name}</b>
      </span>
      {notes.slice(at)}
    </>
  );
}
