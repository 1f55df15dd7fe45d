import { type Signal, signal } from '@preact/signals';

import { askForKey, type KeyAnswer } from '../actions.ts';
import { flagProblem, quotaProblem, withQuota } from './settings.ts';

const flag = signal('new-editor');
const caller = signal('*');
const limit = signal('100');
const windowMs = signal('1000');
/** What is wrong with which field. */
const problems = signal<Readonly<Record<string, string>>>({});
const note = signal('');

/** Flags and quotas, each one write of one key. */
export function SettingsPanel() {
  return (
    <section class="panel" aria-labelledby="settings-title">
      <div class="panel-head">
        <h2 id="settings-title">Settings</h2>
        <p class="hint">flags and quotas</p>
      </div>
      <form class="keys of-flag" onSubmit={(event: Event) => event.preventDefault()}>
        <Field name="flag" label="Flag" held={flag} />
        <div class="buttons">
          <button type="button" onClick={() => void setFlag('on')}>
            On
          </button>
          <button type="button" onClick={() => void setFlag('off')}>
            Off
          </button>
        </div>
      </form>
      <form
        class="keys of-quota"
        onSubmit={(event: Event) => {
          event.preventDefault();
          void setQuota();
        }}
      >
        <Field name="caller" label="API key" held={caller} />
        <Field name="limit" label="Requests" held={limit} />
        <Field name="windowMs" label="in ms" held={windowMs} />
        <div class="buttons">
          <button type="submit" class="primary">
            Set quota
          </button>
        </div>
      </form>
      <p class="hint" role="status">
        {note.value === '' ? '* stands for every key without a quota of its own.' : note.value}
      </p>
    </section>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly held: Signal<string>;
}

function Field({ name, label, held }: FieldProps) {
  const wrong = problems.value[name];
  return (
    <label>
      <span>{label}</span>
      <input
        value={held.value}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={wrong !== undefined}
        aria-describedby={`${name}-wrong`}
        onInput={(event: Event) => {
          if (event.target instanceof HTMLInputElement) held.value = event.target.value;
        }}
      />
      <small class="field-wrong" id={`${name}-wrong`}>
        {wrong ?? ''}
      </small>
    </label>
  );
}

async function setFlag(value: 'on' | 'off'): Promise<void> {
  const wrong = flagProblem(flag.value);
  problems.value = wrong === undefined ? {} : { flag: wrong };
  if (wrong !== undefined) return;
  const answer = await askForKey({ method: 'PUT', key: `flags/${flag.value}`, query: {}, value });
  tell(answer, 'flag', `${flag.value} is ${value}`);
}

async function setQuota(): Promise<void> {
  const wanted = { caller: caller.value, limit: limit.value, windowMs: windowMs.value };
  problems.value = quotaProblem(wanted);
  if (Object.keys(problems.value).length > 0) return;
  const key = 'cluster/quotas';
  const found = await askForKey({ method: 'GET', key, query: {} });
  if (found.status !== 200 && found.status !== 404) {
    tell(found, 'limit', '');
    return;
  }
  const { value: text, revision } = found.document;
  const value = withQuota(typeof text === 'string' ? text : '{}', wanted);
  const ifMatch = typeof revision === 'number' ? { ifMatch: String(revision) } : {};
  const answer = await askForKey({ method: 'PUT', key, query: {}, value, ...ifMatch });
  tell(answer, 'limit', `${wanted.caller}: ${wanted.limit} in ${wanted.windowMs} ms`);
}

/** Shows what the node said: a refusal at its field, all else below. */
function tell({ status, document }: KeyAnswer, field: string, done: string): void {
  const detail = typeof document['detail'] === 'string' ? document['detail'] : '';
  note.value = status < 300 ? done : '';
  if (status >= 300) problems.value = { [field]: detail };
}
