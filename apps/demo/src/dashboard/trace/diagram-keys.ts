import { isHeartbeat, type TraceEvent } from './trace-log.ts';
import { currentLog, endMs, follow, freeze, hasHeartbeats } from './trace-state.ts';
import { isLive, isShown, selected, spanMs, zoom } from './trace-state.ts';

/** Arrow keys go from event to event of a node, space stops and goes on, `+` and `-` zoom. */
export function onDiagramKey(event: KeyboardEvent): void {
  const isTaken = act(event.key);
  if (!isTaken) return;
  event.preventDefault();
  event.stopPropagation();
}

function act(key: string): boolean {
  switch (key) {
    case ' ':
      if (isLive.value) freeze(currentLog().latestMs);
      else follow();
      return true;
    case 'Escape':
      if (selected.value === undefined) follow();
      else selected.value = undefined;
      return true;
    case '+':
    case '=':
      zoom(-1);
      return true;
    case '-':
      zoom(1);
      return true;
    case 'ArrowLeft':
      step(-1);
      return true;
    case 'ArrowRight':
      step(1);
      return true;
    case 'Enter':
      choose(selected.value?.partner);
      return true;
    default:
      return false;
  }
}

/** Goes to the event before or after the selected one on its node. */
function step(by: 1 | -1): void {
  freeze(currentLog().latestMs);
  const now = selected.value;
  const shown = currentLog().events.filter(
    (event) => isShown(event) && (hasHeartbeats.value || !isHeartbeat(event.entry)),
  );
  if (now === undefined) {
    choose(shown.findLast(({ atMs }) => atMs <= endMs.value));
    return;
  }
  const lane = shown.filter(({ entry }) => entry.node === now.entry.node);
  choose(lane[lane.indexOf(now) + by]);
}

function choose(event: TraceEvent | undefined): void {
  if (event === undefined) return;
  selected.value = event;
  const isSeen = event.atMs <= endMs.value && event.atMs >= endMs.value - spanMs.value;
  if (!isSeen) endMs.value = event.atMs + spanMs.value / 2;
}
