/** The source of the node, fetched when somebody wants to read it. */
import { signal } from '@preact/signals';

/** Whether the source is shown beside the screen. */
export const isSourceOpen = signal(false);

/** The text of `create-node.ts`, once it is here. */
export const nodeSource = signal<string | undefined>(undefined);

/** Shows the source; loads it at the first time. */
export async function openSource(): Promise<void> {
  isSourceOpen.value = true;
  if (nodeSource.value !== undefined) return;
  // A script, as a page that was opened as a file can load nothing else.
  await new Promise<void>((resolve) => {
    const script = document.createElement('script');
    script.src = 'node-source.js';
    for (const outcome of ['load', 'error']) {
      script.addEventListener(outcome, () => {
        resolve();
      });
    }
    document.head.append(script);
  });
  const text: unknown = Reflect.get(globalThis, 'corkboardNodeSource');
  nodeSource.value = typeof text === 'string' ? text : '// The source is not here.';
}

/** Where the lines of one function begin, and where the next ones do. */
export function linesOf(lines: readonly string[], start: string): readonly [number, number] {
  const first = lines.findIndex((line) => line.startsWith(start));
  const last = lines.findIndex((line, index) => index > first && line === '}');
  return first < 0 || last < 0 ? [0, lines.length] : [first, last + 1];
}
