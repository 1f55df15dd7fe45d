import { signal } from '@preact/signals';

import { copyRun } from '../sim-bar.tsx';
import { isSimulated } from '../source/source.ts';
import { isSourceOpen, openSource } from './node-source.ts';

const hasCopied = signal(false);

/** What one wants of a run that was worth seeing: the run itself, and the code of its nodes. */
export function RunLinks() {
  return (
    <p class="run-links">
      {isSimulated ? (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            void copyRun().then(() => {
              hasCopied.value = true;
            });
          }}
        >
          {hasCopied.value ? 'Copied: it makes this run again' : 'Copy link to this exact run'}
        </button>
      ) : undefined}
      <button
        type="button"
        class="link-button"
        aria-expanded={isSourceOpen.value}
        onClick={() => void openSource()}
      >
        See the lines that did this
      </button>
    </p>
  );
}
