import { signal } from '@preact/signals';

import { act, refusal } from '../actions.ts';
import { view } from '../feed.ts';
import { joiningSteps, type MemberRow, memberRows } from './member-steps.ts';
import { snapshotText } from './snapshot-text.ts';

/** What is being asked for, so that nobody asks twice. */
const isAsking = signal(false);
/** What came of a snapshot that was asked for. */
const note = signal('');

/** Nodes that come and go, step by step, and what else can be asked of them. */
export function NodesPanel() {
  const now = view.value;
  const rows = now ? memberRows(now) : [];
  return (
    <section class="panel" aria-labelledby="nodes-title">
      <div class="panel-head">
        <h2 id="nodes-title">Members</h2>
        <button
          type="button"
          class="primary"
          disabled={isAsking.value}
          onClick={() => void ask('/api/nodes')}
        >
          {isAsking.value ? 'Asking …' : 'Add a node'}
        </button>
      </div>
      {rows.length === 0 ? <p class="hint">No leader, so nobody can come or go.</p> : undefined}
      <ul class="members" aria-live="polite">
        {rows.map((row) => (
          <Row key={row.id} row={row} isLeader={row.id === now?.leaderId} />
        ))}
      </ul>
      <p class="hint" role="status">
        {note.value === ''
          ? 'Votes change by joint consensus, boards before and after.'
          : note.value}
      </p>
    </section>
  );
}

function Row({ row, isLeader }: { readonly row: MemberRow; readonly isLeader: boolean }) {
  const { id, step, text } = row;
  const isMember = step === 'member';
  return (
    <li>
      <b>{id}</b>
      <span class="member-text">
        {isLeader ? 'leads; ' : ''}
        {text}
      </span>
      {isMember || step === 'draining' ? undefined : <Steps step={step} />}
      <span class="buttons">
        <button
          type="button"
          disabled={!isMember || isLeader || isAsking.value}
          title={`Let ${id} lead`}
          onClick={() => void ask('/api/transfer-leadership', { to: id })}
        >
          Lead
        </button>
        <button
          type="button"
          disabled={isAsking.value}
          title={`Take a snapshot of ${id} now`}
          onClick={() => void takeSnapshot(id)}
        >
          Snapshot
        </button>
        <button
          type="button"
          class="danger"
          disabled={step === 'draining' || isAsking.value}
          title={`Send ${id} away`}
          onClick={() => void ask(`/api/nodes/${id}`, undefined, 'DELETE')}
        >
          Remove
        </button>
      </span>
    </li>
  );
}

/** Where a node is on its way in. */
function Steps({ step }: { readonly step: MemberRow['step'] }) {
  const at = joiningSteps.findIndex(([name]) => name === step);
  return (
    <ol class="steps">
      {joiningSteps.map(([name, label], index) => (
        <li
          key={name}
          class={index < at ? 'done' : index === at ? 'now' : 'later'}
          aria-current={index === at ? 'step' : undefined}
        >
          {index < at ? '✓ ' : ''}
          {label}
        </li>
      ))}
    </ol>
  );
}

async function takeSnapshot(id: string): Promise<void> {
  const answer = await ask(`/api/nodes/${id}/snapshot`);
  note.value =
    answer === undefined
      ? `No snapshot of ${id}: ${refusal.value ?? 'it gave no reason'}`
      : snapshotText(id, answer);
}

async function ask(path: string, body?: unknown, method = 'POST'): Promise<unknown> {
  isAsking.value = true;
  note.value = '';
  const answer = await act(path, body, method);
  isAsking.value = false;
  return answer;
}
