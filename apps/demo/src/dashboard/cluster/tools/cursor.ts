import type { ToolInfo } from './tool-list.ts';

/** The pointer while a tool is in hand: its sign with a light rim, so that it shows on anything. */
export function cursorOf(tool: ToolInfo | undefined): string {
  if (tool === undefined) return 'default';
  const line = 'fill="none" stroke-linecap="round" stroke-linejoin="round"';
  const drawing =
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="-4 -4 32 32" ' +
    `${line}>` +
    `<path d="${tool.icon}" stroke="white" stroke-width="6"/>` +
    `<path d="${tool.icon}" stroke="#c7321f" stroke-width="2.2"/></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(drawing)}") 16 16, crosshair`;
}
