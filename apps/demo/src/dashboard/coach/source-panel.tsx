import { useEffect, useRef } from 'preact/hooks';

import { isSourceOpen, linesOf, nodeSource } from './node-source.ts';

/** The function that puts a node together, and the one thing that all screens show at work. */
const start = 'export async function createNode(';

/** The source of the node beside the screen, at the lines that put it together. */
export function SourcePanel() {
  const core = useRef<HTMLElement>(null);
  const text = nodeSource.value;
  const isOpen = isSourceOpen.value;
  useEffect(() => {
    if (isOpen) core.current?.scrollIntoView({ block: 'start' });
  }, [isOpen, text]);
  if (!isOpen) return null;
  const lines = (text ?? '').split('\n');
  const [from, to] = linesOf(lines, start);
  return (
    <aside
      class="source"
      aria-label="Source of the node"
      onKeyDown={({ key }: KeyboardEvent) => {
        if (key === 'Escape') isSourceOpen.value = false;
      }}
    >
      <header>
        <div>
          <h2>create-node.ts</h2>
          <p class="hint">
            {text === undefined
              ? 'Loading …'
              : `${to - from} lines put a node together, here and on real machines`}
          </p>
        </div>
        <button
          type="button"
          autofocus
          onClick={() => {
            isSourceOpen.value = false;
          }}
        >
          Close
        </button>
      </header>
      <pre tabindex={0}>
        <Lines lines={lines.slice(0, from)} />
        <mark ref={core}>
          <Lines lines={lines.slice(from, to)} />
        </mark>
        <Lines lines={lines.slice(to)} />
      </pre>
    </aside>
  );
}

/** Code with its comments set apart. */
function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <>
      {lines.map((line, index) => {
        const isComment = /^\s*(\/\/|\/\*|\*)/.test(line);
        return isComment ? <i key={index}>{`${line}\n`}</i> : `${line}\n`;
      })}
    </>
  );
}
