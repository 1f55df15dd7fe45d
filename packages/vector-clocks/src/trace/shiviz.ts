import type { TraceEvent } from './trace-event.ts';
import { causalGraph } from './causal-graph.ts';

/** The first line of a log: how ShiViz is to read each two lines that follow. */
export const shiVizPattern = '(?<event>.*)\\n(?<host>\\S*) (?<clock>\\{.*\\})';

/**
 * A trace as a log that ShiViz draws, in a browser and without sending it anywhere.
 *
 * @returns Text to load as a file: the pattern, an empty line (there is one execution), then two
 *   lines for each event, causes before effects.
 * @throws RangeError as `causalGraph`.
 *
 * @remarks
 * ShiViz takes no space in the name of a process and no line break in a text: each is written as
 * `%` and its number, `%20`; so is `%` itself, in names.
 *
 * Source: the description of the log format at https://bestchai.bitbucket.io/shiviz/.
 *
 * @example
 * ```ts
 * import { shiVizLog, TraceRecorder } from '@quorate/vector-clocks/trace';
 *
 * const a = new TraceRecorder('a');
 * a.happen('begins');
 * shiVizLog(a.events).split('\n').slice(2); // => ['begins', 'a {"a":1}', '']
 * ```
 */
export function shiVizLog(trace: Iterable<TraceEvent>): string {
  const lines = [shiVizPattern, ''];
  for (const { event } of causalGraph(trace).events) {
    const entries = [...event.clock].map(([id, counter]) => [hostOf(id), counter] as const);
    lines.push(event.text.replaceAll(/[\n\r\u2028\u2029]/gu, percent));
    lines.push(`${hostOf(event.host)} ${JSON.stringify(Object.fromEntries(entries))}`);
  }
  return `${lines.join('\n')}\n`;
}

function hostOf(id: string): string {
  return id.replaceAll(/[%\s]/gu, percent);
}

function percent(character: string): string {
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`;
}
