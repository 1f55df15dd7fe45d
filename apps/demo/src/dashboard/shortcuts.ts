import { act } from './actions.ts';
import { selectedId, view } from './feed.ts';
import { openScreen } from './navigation/route.ts';
import { screens } from './navigation/screens.ts';

/** After `g`, the letter of a screen may take so long, in ms. */
const chordMs = 1_500;

/** `g` and a letter for a screen; one key each for what the buttons do to the selected node. */
export function listenToKeys(): void {
  let goUntilMs = 0;
  document.addEventListener('keydown', (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const isChord = event.timeStamp < goUntilMs;
    goUntilMs = event.key === 'g' && !isChord ? event.timeStamp + chordMs : 0;
    if (isChord) {
      const chosen = screens.find(({ key }) => key === event.key);
      if (chosen) openScreen(chosen.id);
    } else {
      actOnNode(event.key);
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input,select,textarea');
}

function actOnNode(key: string): void {
  const nodes = view.value?.nodes ?? [];
  const node = nodes.find(({ id }) => id === selectedId.value);
  const chosen = nodes[Number(key) - 1];
  if (chosen) selectedId.value = chosen.id;
  if (key === 'h') void act('/api/heal');
  if (!node) return;
  if (key === 'k') void act(`/api/nodes/${node.id}/kill`);
  if (key === 'r') void act(`/api/nodes/${node.id}/restart`);
  if (key === 'p') {
    void act(`/api/nodes/${node.id}/${node.process === 'paused' ? 'resume' : 'pause'}`);
  }
}
