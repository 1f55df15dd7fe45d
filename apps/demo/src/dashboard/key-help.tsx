import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { tools } from './cluster/tools/tool-list.ts';
import { screens } from './navigation/screens.ts';

/** Whether the list of keys is shown. */
export const isHelpOpen = signal(false);

const others: readonly (readonly [keys: string, meaning: string])[] = [
  ['H', 'Heal all'],
  ['Esc', 'Put the tool away'],
  ['1 … 9', 'Choose a node, or use the tool on it'],
  ['Space', 'Choose a node for a cut or a link'],
  ['Enter', 'Use the tool on what is chosen'],
  ['?', 'Show or hide these keys'],
];

/** All keys of the page. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = (): void => {
    isHelpOpen.value = false;
  };
  return (
    <dialog ref={dialog} class="key-help" aria-label="Keys" onClose={close} onClick={close}>
      <Keys title="Tools" keys={tools.map(({ key, title }) => [key.toUpperCase(), title])} />
      <Keys title="Anywhere" keys={others} />
      <Keys title="Screens" keys={screens.map(({ key, title }) => [`g ${key}`, title])} />
    </dialog>
  );
}

function Keys(props: {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, meaning: string])[];
}) {
  return (
    <section>
      <h2>{props.title}</h2>
      <dl>
        {props.keys.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
