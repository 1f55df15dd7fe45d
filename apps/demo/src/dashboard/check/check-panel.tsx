import type { CheckModel, CheckReport, CheckState } from '../../check/check-report.ts';
import { view } from '../feed.ts';
import { count } from '../format.ts';
import { BoardsResult } from './boards-result.tsx';
import { isChecking, model, report, runCheck, tellCheck } from './check-state.ts';
import { ConfigResult } from './config-result.tsx';

const models: readonly (readonly [CheckModel, string, string])[] = [
  ['config', 'Configuration', 'one copy of each key could have answered all clients so'],
  ['boards', 'Boards', 'copies end up equal, nothing confirmed is lost, causes come first'],
];

/** What is promised, held to what clients saw. */
export function CheckPanel() {
  const state = view.value?.check;
  const shown = report.value?.model === model.value ? report.value : undefined;
  return (
    <section class="panel full" aria-labelledby="check-title">
      <div class="panel-head">
        <h2 id="check-title">What clients saw, held to what is promised</h2>
        <p class="hint">{models.find(([id]) => id === model.value)?.[2]}</p>
      </div>
      <form
        class="check-bar"
        onSubmit={(event: Event) => {
          event.preventDefault();
          void runCheck();
        }}
      >
        <fieldset class="choice">
          <legend class="unseen">Check</legend>
          {models.map(([id, name]) => (
            <label key={id}>
              <input
                type="radio"
                name="model"
                checked={model.value === id}
                onChange={() => (model.value = id)}
              />
              {name}
            </label>
          ))}
        </fieldset>
        <button type="submit" class="primary" disabled={isChecking.value}>
          {isChecking.value ? 'Checking…' : 'Check now'}
        </button>
        {state === undefined ? undefined : <Switches state={state} />}
        <Summary shown={shown} state={state} />
      </form>
      {shown?.model === 'config' ? <ConfigResult report={shown} /> : undefined}
      {shown?.model === 'boards' ? <BoardsResult report={shown} /> : undefined}
    </section>
  );
}

function Switches({ state }: { readonly state: CheckState }) {
  const { isRecording, isSwitchable, isBroken, operationCount } = state;
  return (
    <>
      <label class="tick" title={isSwitchable ? 'Off: what there is stays' : 'A run keeps it all'}>
        <input
          type="checkbox"
          checked={isRecording}
          disabled={!isSwitchable}
          onChange={() => tellCheck({ kind: 'record', mode: isRecording ? 'off' : 'on' })}
        />
        record <small>{count(operationCount)} operations</small>
      </label>
      {isBroken === null ? undefined : (
        <label class="tick warn" title="Reads ask no majority, and a node that is cut off answers">
          <input
            type="checkbox"
            checked={isBroken}
            onChange={() => tellCheck({ kind: 'rule', mode: isBroken ? 'kept' : 'broken' })}
          />
          break a rule <small>stale reads from a node that is cut off</small>
        </label>
      )}
    </>
  );
}

const looks = {
  linearizable: ['good', '✓', 'linearizable'],
  'not-linearizable': ['bad', '✗', 'not linearizable'],
  unknown: ['none', '?', 'not decided in time'],
  kept: ['good', '✓', 'all promises kept'],
  pending: ['none', '○', 'not yet: nodes are away, or copies on their way'],
  broken: ['bad', '✗', 'a promise is broken'],
} as const;

function Summary(props: {
  readonly shown: CheckReport | undefined;
  readonly state: CheckState | undefined;
}) {
  const { shown, state } = props;
  const verdict = shown?.verdict ?? (model.value === 'config' ? state?.verdict : undefined);
  if (!verdict) return <p class="hint">Nothing checked yet.</p>;
  const [tone, sign, text] = looks[verdict];
  const of =
    shown?.model === 'boards'
      ? `${count(shown.confirmedCount)} confirmed edits, ${count(shown.boardCount)} boards`
      : `${count(shown?.operationCount ?? state?.operationCount ?? 0)} operations`;
  return (
    <p class={`pill ${tone}`} role="status">
      <span aria-hidden="true">{sign}</span>
      <span>
        <b>{text}</b>
        <small>{of}</small>
      </span>
    </p>
  );
}
