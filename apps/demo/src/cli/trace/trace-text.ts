/** Events of a trace as lines for people. */
import { isLost, type TraceEvent } from '../../dashboard/trace/trace-log.ts';

const arrows = { send: '→', receive: '←', drop: '✗' } as const;
const typeColumns = 20;

/** `19:04:05.123  n1 → n2  appendEntries  120 B  term=3`. */
export function eventLine(event: TraceEvent, latestMs: number): string {
  const { node, kind, peer, type, sizeBytes, wallMs, detail } = event.entry;
  const said = Object.entries(detail ?? {}).map(([name, value]) => `${name}=${value}`);
  const fate = kind === 'drop' ? 'not taken' : isLost(event, latestMs) ? 'lost' : '';
  const ends = `${node} ${arrows[kind]} ${peer}`;
  return [
    timeText(wallMs),
    ends.padEnd(7),
    type.padEnd(typeColumns),
    `${sizeBytes} B`.padStart(8),
    [...said, fate].join(' ').trim(),
  ]
    .join('  ')
    .trimEnd();
}

function timeText(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
