import { act } from './actions.ts';
import { selectedId, view } from './feed.ts';

/** One key each for what the buttons do to the selected node. */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input,select');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const nodes = view.value?.nodes ?? [];
    const node = nodes.find(({ id }) => id === selectedId.value);
    const chosen = nodes[Number(event.key) - 1];
    if (chosen) selectedId.value = chosen.id;
    if (event.key === 'h') void act('/api/heal');
    if (!node) return;
    if (event.key === 'k') void act(`/api/nodes/${node.id}/kill`);
    if (event.key === 'r') void act(`/api/nodes/${node.id}/restart`);
    if (event.key === 'p') {
      void act(`/api/nodes/${node.id}/${node.process === 'paused' ? 'resume' : 'pause'}`);
    }
  });
}
