/** What can be done with a trace: look for something in it, keep it, open one that was kept. */
import { shivizLog, traceLine } from '../../observe/trace-file.ts';
import { count } from '../format.ts';
import { isSimulated } from '../source/source.ts';
import { copyRun } from '../sim-bar.tsx';
import { motifs } from './motifs.ts';
import { svgOfDiagram } from './diagram-panel.tsx';
import { messageIdOf } from './trace-fields.ts';
import type { TraceEvent } from './trace-log.ts';
import { currentLog, filter, filterText, follow, freeze, motif, openFile } from './trace-state.ts';
import { recorded } from './trace-state.ts';

/** A condition, and shapes to look for. */
export function SearchBar() {
  const { problem } = filter.value;
  return (
    <div class="trace-search">
      <label>
        only{' '}
        <input
          type="search"
          spellcheck={false}
          placeholder="m.type === 'appendEntries' && m.term > 3"
          aria-invalid={problem !== undefined}
          aria-describedby="filter-problem"
          value={filterText.value}
          onInput={({ currentTarget }) => {
            filterText.value = currentTarget.value;
          }}
        />
      </label>
      <div class="buttons" role="group" aria-label="Shapes to look for">
        {motifs.map(([name, text]) => (
          <button
            key={name}
            type="button"
            aria-pressed={motif.value === name}
            onClick={() => {
              motif.value = motif.value === name ? undefined : name;
              freeze(currentLog().latestMs);
            }}
          >
            {text}
          </button>
        ))}
      </div>
      <p id="filter-problem" class="hint" role="status">
        {problem ?? 'Fields: kind, type, from, to, protocol, bytes, lost, and what Raft says.'}
      </p>
    </div>
  );
}

/** Ways out of the page and into it. */
export function FileBar() {
  return (
    <div class="buttons">
      <button type="button" onClick={() => save('trace.jsonl', jsonLines())}>
        JSON lines
      </button>
      <button type="button" onClick={() => save('trace.shiviz.log', shivizLog(entries()))}>
        ShiViz
      </button>
      <button type="button" onClick={() => save('trace.svg', svgOfDiagram())}>
        SVG
      </button>
      {isSimulated ? (
        <button type="button" onClick={() => void copyRun()}>
          Link
        </button>
      ) : undefined}
      <label class="file-button">
        Open or drop a file
        <input
          type="file"
          accept=".jsonl,.json,.log,.txt"
          onChange={({ currentTarget }) => {
            void openFirst(currentTarget.files);
          }}
        />
      </label>
    </div>
  );
}

/** Says that a file is shown, and what of it is not. */
export function RecordedNote() {
  const run = recorded.value;
  if (run === undefined) return undefined;
  const { fileName, problemCount, problems } = run;
  return (
    <div class="recorded" role="status">
      <p>
        <b>{fileName}</b>: {count(currentLog().events.length)} events of a run that is over.{' '}
        <button type="button" onClick={follow}>
          Back to this cluster
        </button>
      </p>
      {problemCount > 0 ? (
        <details>
          <summary>{count(problemCount)} lines were refused</summary>
          <ul>
            {problems.map(({ line, detail }) => (
              <li key={line}>
                line {line}: {detail}
              </li>
            ))}
          </ul>
        </details>
      ) : undefined}
    </div>
  );
}

/** What makes an element take files that are dropped on it. */
export const dropTarget = {
  onDragOver: (event: DragEvent): void => {
    event.preventDefault();
  },
  onDrop: (event: DragEvent): void => {
    event.preventDefault();
    void openFirst(event.dataTransfer?.files ?? null);
  },
};

async function openFirst(files: FileList | null): Promise<void> {
  const file = files?.[0];
  if (file !== undefined) openFile(file.name, await file.text());
}

function inOrder(): readonly TraceEvent[] {
  return currentLog().between(-Infinity, Infinity);
}

function entries(): readonly TraceEvent['entry'][] {
  return inOrder().map(({ entry }) => entry);
}

function jsonLines(): string {
  return inOrder()
    .map((event) => `${traceLine(event.entry, messageIdOf(event))}\n`)
    .join('');
}

function save(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text]));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
