/** The tool in hand, and what it has been pointed at so far. */
import { signal } from '@preact/signals';

import { type ToolInfo, tools } from './tool-list.ts';

/** How strongly tools work. */
export interface ToolSettings {
  readonly isOneWay: boolean;
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** Of messages, in per cent. */
  readonly dropPercent: number;
  readonly duplicatePercent: number;
  readonly skewMs: number;
  readonly disk: 'full' | 'slow';
  readonly syncDelayMs: number;
}

/** The tool in hand; undefined while nodes are only looked at. */
export const armed = signal<ToolInfo | undefined>(undefined);

/** Nodes that the tool was pointed at, for tools that need more than one. */
export const chosen = signal<readonly string[]>([]);

/** How strongly tools work. */
export const settings = signal<ToolSettings>({
  isOneWay: false,
  latencyMs: 300,
  jitterMs: 100,
  dropPercent: 20,
  duplicatePercent: 20,
  skewMs: 2_000,
  disk: 'full',
  syncDelayMs: 500,
});

/** Takes the tool of that key in hand, or puts it away. @returns Whether there is one. */
export function armByKey(key: string): boolean {
  const tool = tools.find((each) => each.key === key);
  if (tool === undefined) return false;
  arm(tool === armed.value ? undefined : tool);
  return true;
}

/** Takes `tool` in hand, or none. */
export function arm(tool: ToolInfo | undefined): void {
  armed.value = tool;
  chosen.value = [];
}

/** Chooses a node, or takes that back. */
export function toggleChosen(id: string): void {
  const { value } = chosen;
  chosen.value = value.includes(id) ? value.filter((each) => each !== id) : [...value, id];
}
