import { signal } from '@preact/signals';

import { askForKey, type KeyAnswer } from '../actions.ts';
import { view } from '../feed.ts';
import { type ReadMode, readModes } from '../../config/read-mode.ts';
import { milliseconds } from '../format.ts';
import { latencyOf, noteRead } from './read-latency.ts';

const key = signal('greeting');
const value = signal('hello');
const node = signal('');
const readMode = signal<ReadMode>('index');
const MEASURED = 8;
const isConditional = signal(false);
const answer = signal<KeyAnswer | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const isWaiting = signal(false);

/** Reads and writes single keys, through the node and in the mode chosen. */
export function KeyPanel() {
  const nodes = view.value?.nodes ?? [];
  return (
    <section class="panel" aria-labelledby="key-title">
      <div class="panel-head">
        <h2 id="key-title">Keys</h2>
        <p class="hint">GET, PUT, DELETE /v1/config/:key</p>
      </div>
      <form
        class="keys"
        onSubmit={(event: Event) => {
          event.preventDefault();
          void ask('PUT');
        }}
      >
        <Field label="Key" held={key} />
        <Field label="Value" held={value} />
        <label>
          <span>Node</span>
          <select
            value={node.value}
            onChange={(event: Event) => {
              if (event.target instanceof HTMLSelectElement) node.value = event.target.value;
            }}
          >
            <option value="">any (the leader)</option>
            {nodes.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        <ReadModes />
        <label class="check">
          <input
            type="checkbox"
            checked={isConditional.value}
            disabled={typeof answer.value?.document['revision'] !== 'number'}
            onChange={() => {
              isConditional.value = !isConditional.value;
            }}
          />
          <span>only if still at revision {revisionText()}</span>
        </label>
        <div class="buttons">
          <button type="button" onClick={() => void ask('GET')} disabled={isWaiting.value}>
            Read
          </button>
          <button type="submit" class="primary" disabled={isWaiting.value}>
            Write
          </button>
          <button
            type="button"
            class="danger"
            onClick={() => void ask('DELETE')}
            disabled={isWaiting.value}
          >
            Delete
          </button>
        </div>
      </form>
      <Answer />
    </section>
  );
}

function Field({ label, held }: { readonly label: string; readonly held: typeof key }) {
  return (
    <label>
      <span>{label}</span>
      <input
        value={held.value}
        spellcheck={false}
        autocomplete="off"
        onInput={(event: Event) => {
          if (event.target instanceof HTMLInputElement) held.value = event.target.value;
        }}
      />
    </label>
  );
}

/** How a read is confirmed, and what that takes. */
function ReadModes() {
  return (
    <fieldset>
      <legend>Read</legend>
      <ModeChoice mode="index" text="by index: a majority agrees" />
      <ModeChoice mode="lease" text="by lease: while clocks are well" />
      <ModeChoice mode="stale" text="stale: from this node alone" />
      <button type="button" onClick={() => void measure()} disabled={isWaiting.value}>
        Measure all three
      </button>
    </fieldset>
  );
}

function ModeChoice(props: { readonly mode: ReadMode; readonly text: string }) {
  const latency = latencyOf(props.mode);
  return (
    <label class="check">
      <input
        type="radio"
        name="read"
        checked={readMode.value === props.mode}
        onChange={() => {
          readMode.value = props.mode;
        }}
      />
      <span>
        {props.text}
        {latency ? <small> · {milliseconds(latency.medianMs)}</small> : undefined}
      </span>
    </label>
  );
}

/** Reads the key in each mode, by turns, so that all see the same cluster. */
async function measure(): Promise<void> {
  const chosen = readMode.value;
  for (let round = 0; round < MEASURED; round += 1) {
    for (const mode of readModes) {
      readMode.value = mode;
      await ask('GET');
    }
  }
  readMode.value = chosen;
}

async function ask(method: 'GET' | 'PUT' | 'DELETE'): Promise<void> {
  const revision = answer.value?.document['revision'];
  const isBound = isConditional.value && method !== 'GET' && typeof revision === 'number';
  const mode = readMode.value;
  const query: Record<string, string> = method === 'GET' ? { read: mode } : {};
  if (node.value !== '') query['node'] = node.value;
  isWaiting.value = true;
  try {
    failure.value = undefined;
    answer.value = await askForKey({
      method,
      key: key.value,
      query,
      ...(method === 'PUT' ? { value: value.value } : {}),
      ...(isBound ? { ifMatch: String(revision) } : {}),
    });
    if (method === 'GET' && answer.value.status < 500) {
      noteRead(mode, answer.value.elapsedMs);
    }
  } catch {
    answer.value = undefined;
    failure.value = 'The demo does not answer.';
  } finally {
    isWaiting.value = false;
  }
}

function revisionText(): string {
  const revision = answer.value?.document['revision'];
  return typeof revision === 'number' ? `${revision}` : '–';
}

function Answer() {
  const given = answer.value;
  if (failure.value !== undefined) return <p class="answer bad">{failure.value}</p>;
  if (!given) return <p class="answer empty">The answer of the node appears here.</p>;
  const { document } = given;
  const isGood = given.status < 300;
  return (
    <div class={`answer ${isGood ? 'good' : 'bad'}`} role="status">
      <p>
        <b>{given.status}</b>{' '}
        {isGood
          ? describe(document)
          : typeof document['detail'] === 'string'
            ? document['detail']
            : ''}
      </p>
      {document['indefinite'] === true ? <p class="warn">It may still happen.</p> : undefined}
      <p class="hint">
        asked {given.askedNode}
        {given.servedBy === '' ? '' : `, served by ${given.servedBy}`},{' '}
        {milliseconds(given.elapsedMs)}
        {typeof document['code'] === 'string' ? `, ${document['code']}` : ''}
      </p>
    </div>
  );
}

function describe(document: Readonly<Record<string, unknown>>): string {
  const revision = document['revision'];
  if (typeof revision !== 'number') return 'deleted';
  const found = document['value'];
  const at = `revision ${revision}`;
  return typeof found === 'string' ? `${JSON.stringify(found)} at ${at}` : `written at ${at}`;
}
