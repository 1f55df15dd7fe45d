import { arm, armed } from './armed.ts';
import { healIcon, type ToolInfo, tools } from './tool-list.ts';
import { healAll } from './use-tool.ts';

/** The tools, and what takes everything back. */
export function ToolPalette() {
  return (
    <div class="palette" role="toolbar" aria-label="Tools that break the cluster">
      {tools.map((tool) => (
        <ToolButton key={tool.id} tool={tool} />
      ))}
      <button
        type="button"
        class="tool heal"
        aria-keyshortcuts="h"
        title="Takes back all that is wrong"
        onClick={healAll}
      >
        <Icon path={healIcon} />
        <span>
          Heal <kbd>H</kbd>
        </span>
      </button>
    </div>
  );
}

function ToolButton({ tool }: { readonly tool: ToolInfo }) {
  const isArmed = armed.value === tool;
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={isArmed}
      aria-keyshortcuts={tool.key}
      title={tool.sentence}
      data-tool={tool.id}
      onClick={() => {
        arm(isArmed ? undefined : tool);
      }}
    >
      <Icon path={tool.icon} />
      <span>
        {tool.title} <kbd>{tool.key.toUpperCase()}</kbd>
      </span>
    </button>
  );
}

function Icon({ path }: { readonly path: string }) {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
