import { view } from '../../feed.ts';
import { arm, chosen, settings } from './armed.ts';
import type { ToolInfo } from './tool-list.ts';
import { ToolSettingsFields } from './tool-settings.tsx';
import { pointAtNode, useOnChosen } from './use-tool.ts';

/** What the tool in hand does, how strongly, and to whom: all of it without a pointer, too. */
export function ToolStrip({ tool }: { readonly tool: ToolInfo }) {
  const ids = view.value?.nodes.map(({ id }) => id) ?? [];
  return (
    <div class="tool-strip">
      <p role="status">{tool.sentence}</p>
      <ToolSettingsFields tool={tool} />
      <div class="tool-targets" role="group" aria-label="Nodes">
        {ids.map((id) =>
          tool.takes === 'node' ? (
            <button
              key={id}
              type="button"
              onClick={() => {
                pointAtNode(id);
              }}
            >
              {id}
            </button>
          ) : (
            <label key={id} class="chip-switch">
              <input
                type="checkbox"
                role="switch"
                checked={chosen.value.includes(id)}
                onChange={() => {
                  pointAtNode(id);
                }}
              />
              {id}
            </label>
          ),
        )}
        {tool.takes === 'sides' ? <CutButton ids={ids} /> : undefined}
        <button
          type="button"
          class="quiet"
          onClick={() => {
            arm(undefined);
          }}
        >
          Put away <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  );
}

function CutButton({ ids }: { readonly ids: readonly string[] }) {
  const side = ids.filter((id) => chosen.value.includes(id));
  const isPossible = side.length > 0 && side.length < ids.length;
  const way = settings.value.isOneWay ? 'silence' : 'off';
  return (
    <button type="button" class="danger" disabled={!isPossible} onClick={useOnChosen}>
      {isPossible
        ? way === 'off'
          ? `Cut ${side.join(', ')} off`
          : `Cut what ${side.join(', ')} send`
        : 'Choose one side'}
    </button>
  );
}
