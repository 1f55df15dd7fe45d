import { act } from '../../actions.ts';
import { view } from '../../feed.ts';
import { activeFaults } from './active-faults.ts';

/** All that is wrong by somebody's hand; each can be taken back alone. */
export function FaultChips() {
  const faults = view.value === undefined ? [] : activeFaults(view.value);
  return (
    <ul class="fault-chips" aria-label="What is wrong now" aria-live="polite">
      {faults.length === 0 ? (
        <li class="none">
          Nothing is wrong. Take a tool by its key, then point at a node; <kbd>?</kbd> shows all
          keys.
        </li>
      ) : undefined}
      {faults.map(({ text, end }) => (
        <li key={text}>
          <span>{text}</span>
          <button
            type="button"
            aria-label={`End: ${text}`}
            onClick={() => void act(end.path, end.body, end.method)}
          >
            ✕
          </button>
        </li>
      ))}
    </ul>
  );
}
