import type { ConfigReport } from '../../check/check-report.ts';
import { count } from '../format.ts';
import { holdAt, runCheck, step } from './check-state.ts';
import { PictureView } from './picture-view.tsx';

/** The picture of one key, and of a violation how it became small. */
export function ConfigResult({ report }: { readonly report: ConfigReport }) {
  const { picture, counterexample } = report;
  if (picture === null) return <p class="empty">Start the load on the screen Cluster.</p>;
  return counterexample === null ? (
    <>
      <KeyChoice report={report} />
      <PictureView picture={picture} />
      <p class="hint">
        Each number is a moment at which an operation may have taken effect: in that order one copy
        of the key answers all of them so. Beginning: {picture.startState}.
      </p>
    </>
  ) : (
    <Violation report={report} />
  );
}

function KeyChoice({ report: { keys, picture } }: { readonly report: ConfigReport }) {
  return (
    <label class="key-choice">
      Key
      <select
        value={picture?.key}
        onChange={(event: Event) => {
          if (event.target instanceof HTMLSelectElement) void runCheck(event.target.value);
        }}
      >
        {keys.map(({ key, operationCount }) => (
          <option key={key} value={key}>
            {key}, {count(operationCount)} operations
          </option>
        ))}
      </select>
      <small>of {count(keys.length)}, each checked alone</small>
    </label>
  );
}

function Violation({ report }: { readonly report: ConfigReport }) {
  const { shrinking, picture, counterexample, isMinimal } = report;
  if (picture === null || counterexample === null) return undefined;
  const kept = shrinking[step.value] ?? shrinking.at(-1) ?? [];
  const isLast = step.value >= shrinking.length - 1;
  return (
    <>
      <div class="shrinking">
        <label>
          <span>
            {shrinking.map((set, index) => (
              <span key={index}>
                {index > 0 ? ' → ' : ''}
                {index === step.value ? <b>{set.length}</b> : set.length}
              </span>
            ))}{' '}
            operations still show it
          </span>
          <input
            type="range"
            min="0"
            max={shrinking.length - 1}
            value={step.value}
            aria-valuetext={`${kept.length} operations`}
            onInput={(event: Event) => {
              if (event.target instanceof HTMLInputElement) holdAt(Number(event.target.value));
            }}
          />
        </label>
        <p class="hint">
          {isLast && isMinimal
            ? 'None of these can be left out. The one with the cross cannot come after the others.'
            : 'What is faint was not needed.'}
        </p>
      </div>
      <PictureView picture={isLast ? counterexample : picture} kept={isLast ? undefined : kept} />
    </>
  );
}
