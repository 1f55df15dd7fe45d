import { useSignal } from '@preact/signals';

import { type BoardStatus, boardStatuses } from '../../board/board-status.ts';
import { view } from '../feed.ts';
import { reasonOf, type StatusWrite, statusWrites } from './board-conflict.ts';
import { bindClient, edit, type ShownClient } from './board-session.ts';
import { Checklist } from './checklist.tsx';
import { connectionPill, deliveryPill, type Pill, problemText } from './delivery-words.ts';
import { NotesField } from './notes-field.tsx';

interface ClientProps {
  readonly shown: ShownClient;
}

/** One client: its connection, and its copy of the board to edit. */
export function ClientPanel({
  shown,
  other,
}: ClientProps & { readonly other: ShownClient | undefined }) {
  const { name, client, revision } = shown;
  const isOffline = revision.value >= 0 && client.state.connection === 'offline';
  const titleId = `client-${name}`;
  return (
    <section
      class={`panel board-client ${name.toLowerCase()} ${isOffline ? 'offline' : ''}`}
      aria-labelledby={titleId}
    >
      <ClientHead shown={shown} titleId={titleId} />
      <ClientPills shown={shown} />
      <TitleField shown={shown} />
      <StatusField shown={shown} />
      <NotesField shown={shown} other={other} />
      <Checklist shown={shown} />
      <AffectedField shown={shown} />
    </section>
  );
}

function ClientHead({ shown, titleId }: ClientProps & { readonly titleId: string }) {
  const { name, client, replicaId, revision } = shown;
  const isOffline = revision.value >= 0 && client.state.connection === 'offline';
  return (
    <div class="client-head">
      <span class="avatar" aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <div>
        <h2 id={titleId}>{name}</h2>
        <small>{replicaId}</small>
      </div>
      <label class="client-node">
        <span>at</span>
        <select
          aria-label={`Node of ${name}`}
          value={client.nodeId}
          onChange={(event: Event) => {
            if (event.target instanceof HTMLSelectElement) bindClient(shown, event.target.value);
          }}
        >
          {(view.value?.nodes ?? []).map(({ id, process }) => (
            <option key={id} value={id}>
              {process === 'running' ? id : `${id} (${process})`}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked={isOffline}
        onClick={() => (isOffline ? client.goOnline() : client.goOffline())}
      >
        <span class="track" aria-hidden="true" />
        offline
      </button>
    </div>
  );
}

function ClientPills({ shown: { client, revision } }: ClientProps) {
  const state = revision.value >= 0 ? client.state : client.state;
  const { delivery, problem, waitingCount } = state;
  const sent = deliveryPill(state);
  const isInDoubt = delivery.kind === 'unconfirmed' || delivery.kind === 'failed';
  const doubt = isInDoubt ? delivery.problem : problem;
  return (
    <div class="client-pills" role="status">
      <PillText pill={connectionPill(state, client.nodeId)} />
      {sent === undefined ? undefined : <PillText pill={sent} />}
      {waitingCount === 0 ? undefined : (
        <PillText pill={{ sign: '◷', text: `${waitingCount} wait for their past`, tone: 'warn' }} />
      )}
      {isInDoubt && state.connection !== 'offline' ? (
        <button type="button" class="retry" onClick={() => client.retry()}>
          Send again
        </button>
      ) : undefined}
      {doubt === undefined ? undefined : <p class="board-problem">{problemText(doubt)}</p>}
    </div>
  );
}

function PillText({ pill: { sign, text, tone } }: { readonly pill: Pill }) {
  return (
    <span class={`board-pill ${tone}`}>
      <span aria-hidden="true">{sign}</span> {text}
    </span>
  );
}

function TitleField({ shown }: ClientProps) {
  const { client, revision } = shown;
  const draft = useSignal<string | undefined>(undefined);
  const title = revision.value >= 0 ? (client.board.root.title ?? '') : '';
  return (
    <label class="board-field">
      <span>Title</span>
      <input
        class="board-title"
        maxLength={200}
        autocomplete="off"
        value={draft.value ?? title}
        onInput={(event: Event) => {
          if (event.target instanceof HTMLInputElement) draft.value = event.target.value;
        }}
        onChange={() => {
          const wanted = draft.value?.toWellFormed();
          draft.value = undefined;
          if (wanted === undefined || wanted === title) return;
          edit(shown, (root) => {
            root.title = wanted;
          });
        }}
      />
    </label>
  );
}

function StatusField({ shown }: ClientProps) {
  const { name, client, revision } = shown;
  const status = (revision.value >= 0 ? client.board.root.status : undefined) ?? 'investigating';
  return (
    <fieldset class="board-field">
      <legend>Status</legend>
      <div class="segments">
        {boardStatuses.map((value) => (
          <label key={value}>
            <input
              type="radio"
              name={`status-${name}`}
              checked={value === status}
              onChange={() => setStatus(shown, value)}
            />
            <span>{value}</span>
          </label>
        ))}
      </div>
      <ConflictNote shown={shown} />
    </fieldset>
  );
}

function setStatus(shown: ShownClient, status: BoardStatus): void {
  edit(shown, (root) => {
    root.status = status;
  });
}

function ConflictNote({ shown }: ClientProps) {
  const { client, revision, isPast } = shown;
  const isOpen = useSignal(isPast);
  const writes = revision.value >= 0 ? statusWrites(client.board) : [];
  const reason = reasonOf(writes);
  if (reason === undefined) return null;
  return (
    <div
      class="conflict"
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Escape') isOpen.value = false;
      }}
    >
      <button
        type="button"
        class="conflict-button"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <span aria-hidden="true">⚡</span> set by {writes.length} at once: who wins, and why?
      </button>
      {isOpen.value ? <Conflict shown={shown} writes={writes} reason={reason} /> : undefined}
    </div>
  );
}

function Conflict({
  shown,
  writes,
  reason,
}: ClientProps & { readonly writes: readonly StatusWrite[]; readonly reason: string }) {
  return (
    <div class="conflict-popover" role="group" aria-label="Conflict">
      <p>{reason}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">value</th>
            <th scope="col">replica</th>
            <th scope="col">Lamport</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {writes.map(({ value, replicaId, lamport }, index) => (
            <tr key={replicaId} class={index === 0 ? 'winner' : 'loser'}>
              <td>{value}</td>
              <td>
                <code>{replicaId}</code>
              </td>
              <td>{lamport}</td>
              <td>
                <Choice shown={shown} value={value} isWinner={index === 0} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">Nothing is lost: choose one, and the conflict is over on all copies.</p>
    </div>
  );
}

function Choice({
  shown,
  value,
  isWinner,
}: ClientProps & { readonly value: string; readonly isWinner: boolean }) {
  const status = boardStatuses.find((each) => each === value);
  return (
    <>
      {isWinner ? '✓ wins ' : ''}
      {status === undefined ? undefined : (
        <button type="button" onClick={() => setStatus(shown, status)}>
          {isWinner ? 'keep' : 'take'}
        </button>
      )}
    </>
  );
}

function AffectedField({ shown }: ClientProps) {
  const { name, client, revision } = shown;
  const affected = revision.value >= 0 ? client.board.root.affected.value : 0;
  const add = (amount: number): void => edit(shown, (root) => root.affected.add(amount));
  return (
    <div class="board-field affected" role="group" aria-label={`Affected users, ${name}`}>
      <span>Affected users</span>
      <output>{affected.toLocaleString('en')}</output>
      <button type="button" onClick={() => add(1)}>
        +1
      </button>
      <button type="button" onClick={() => add(10)}>
        +10
      </button>
    </div>
  );
}
