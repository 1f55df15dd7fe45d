/** The diagram as a drawing that can be kept: what is in sight, in the colours of the page. */
import { lookOf } from '../cluster/message-kinds.ts';
import { type DiagramView, drawnEvents, isCollapsed, xOf, yOf } from './diagram.ts';
import type { TraceEvent } from './trace-log.ts';

/** An SVG document. `colour` finds a colour of the page by the name of its variable. */
export function diagramSvg(
  view: DiagramView,
  events: readonly TraceEvent[],
  colour: (name: string) => string,
): string {
  const { width, height, ids } = view;
  const lanes = ids.map((id) => {
    const y = yOf(view, id);
    return (
      `<line x1="46" y1="${y}" x2="${width}" y2="${y}" stroke="${escaped(colour('--ink-2'))}"/>` +
      `<text x="12" y="${y + 4}" fill="${escaped(colour('--ink'))}">${escaped(id)}</text>`
    );
  });
  const messages = drawnEvents(view, events)
    .filter((event) => event.entry.kind !== 'receive' && !isCollapsed(view, event))
    .map((event) => messageSvg(view, event, colour));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`,
    ` font-family="system-ui" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="${escaped(colour('--panel'))}"/>`,
    ...lanes,
    ...messages,
    '</svg>\n',
  ].join('\n');
}

function messageSvg(
  view: DiagramView,
  { entry, atMs, partner }: TraceEvent,
  colour: (name: string) => string,
): string {
  const stroke = escaped(colour(lookOf(entry.type).colour));
  const [x1, y1] = [xOf(view, atMs), yOf(view, entry.node)];
  const reach = partner === undefined ? 0.5 : 1;
  const x2 = partner === undefined ? x1 + 10 : xOf(view, partner.atMs);
  const y2 = y1 + (yOf(view, entry.peer) - y1) * reach;
  const dash = partner === undefined ? ' stroke-dasharray="4 3"' : '';
  const title = `${entry.type}: ${entry.node} to ${entry.peer}${partner ? '' : ', not received'}`;
  const end = partner === undefined ? '' : `<circle cx="${x2}" cy="${y2}" r="3" fill="${stroke}"/>`;
  const line = `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}"${dash}/>`;
  return `<g><title>${escaped(title)}</title>${line}${end}</g>`;
}

/** Names come from files of strangers. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
