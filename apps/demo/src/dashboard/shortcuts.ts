import { arm, armByKey, armed } from './cluster/tools/armed.ts';
import { whyUnbreakable } from './cluster/tools/breakable.ts';
import { healAll, pointAtNode } from './cluster/tools/use-tool.ts';
import { view } from './feed.ts';
import { isHelpOpen } from './key-help.tsx';
import { openScreen, screen } from './navigation/route.ts';
import { screens } from './navigation/screens.ts';

/** After `g`, the letter of a screen may take so long, in ms. */
const chordMs = 1_500;

/** `g` and a letter for a screen; on the screen of the cluster, a key for each tool. */
export function listenToKeys(): void {
  let goUntilMs = 0;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const isChord = event.timeStamp < goUntilMs;
    goUntilMs = event.key === 'g' && !isChord ? event.timeStamp + chordMs : 0;
    if (isChord) {
      const chosen = screens.find(({ key }) => key === event.key);
      if (chosen) openScreen(chosen.id);
    } else if (event.key === '?') {
      isHelpOpen.value = !isHelpOpen.value;
    } else if (event.key.toLowerCase() === 'h') {
      if (whyUnbreakable(view.value) === undefined) healAll();
    } else if (screen.value.id === 'cluster') {
      useKey(event.key.toLowerCase());
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isBox = target.matches('input[type=checkbox],input[type=radio],input[type=range]');
  return target.isContentEditable || (target.matches('input,select,textarea') && !isBox);
}

/** A key never acts by itself: it takes a tool in hand, or points it at a node. */
function useKey(key: string): void {
  const node = view.value?.nodes[Number(key) - 1];
  if (key === 'escape') arm(undefined);
  else if (node) pointAtNode(node.id);
  else if (whyUnbreakable(view.value) === undefined && armByKey(key) && armed.value)
    document.querySelector('.ring-panel')?.scrollIntoView({ block: 'nearest' });
}
