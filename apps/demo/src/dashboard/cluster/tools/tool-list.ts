/** The tools that break a cluster, in the order of the palette. */

/** The name of a tool. */
export type ToolId = 'kill' | 'pause' | 'cut' | 'slow' | 'drop' | 'duplicate' | 'clock' | 'disk';

/** One tool, without what it does. */
export interface ToolInfo {
  readonly id: ToolId;
  readonly title: string;
  /** The key that takes it in hand. */
  readonly key: string;
  /** What it is used on: one node, two nodes, or some nodes against the others. */
  readonly takes: 'node' | 'link' | 'sides';
  /** What to do with it, in one sentence. */
  readonly sentence: string;
  /** Its sign, as the path of a drawing of 24 by 24. */
  readonly icon: string;
}

/** All of them. */
export const tools: readonly ToolInfo[] = [
  {
    ...{ id: 'kill', title: 'Kill', key: 'k', takes: 'node' },
    sentence: 'Choose a node: its process ends, as in a power cut. One that is down starts.',
    icon: 'M12 3v8M6.6 6.4a8 8 0 1 0 10.8 0',
  },
  {
    ...{ id: 'pause', title: 'Pause', key: 'z', takes: 'node' },
    sentence: 'Choose a node: it stands still, alive but silent. Once more, and it goes on.',
    icon: 'M8.5 5v14M15.5 5v14',
  },
  {
    ...{ id: 'cut', title: 'Cut', key: 'x', takes: 'sides' },
    sentence: 'Draw a line between the nodes, or a loop around some; or choose one side.',
    icon:
      'M9 6a3 3 0 1 1-6 0 3 3 0 0 1 6 0M9 18a3 3 0 1 1-6 0 3 3 0 0 1 6 0' +
      'M20 4L8.1 15.9M14.5 14.5L20 20M8.1 8.1L12 12',
  },
  {
    ...{ id: 'slow', title: 'Slow', key: 'l', takes: 'link' },
    sentence: 'Drag from node to node, or choose two: messages between them come late.',
    icon: 'M7 3h10M7 21h10M8 3c0 6 8 6 8 9s-8 3-8 9M16 3c0 6-8 6-8 9s8 3 8 9',
  },
  {
    ...{ id: 'drop', title: 'Drop', key: 'd', takes: 'link' },
    sentence: 'Drag from node to node, or choose two: some messages between them are lost.',
    icon: 'M4 12h6M14 12h2M20 12h0M9 8l4 4-4 4M17 17l3 3M20 17l-3 3',
  },
  {
    ...{ id: 'duplicate', title: 'Double', key: 'u', takes: 'link' },
    sentence: 'Drag from node to node, or choose two: some messages between them come twice.',
    icon: 'M9 9h11v11H9zM6 15H4V4h11v2',
  },
  {
    ...{ id: 'clock', title: 'Clock', key: 'c', takes: 'node' },
    sentence: 'Choose a node: its wall clock is wrong from now on.',
    icon: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2',
  },
  {
    ...{ id: 'disk', title: 'Disk', key: 'f', takes: 'node' },
    sentence: 'Choose a node: its disk is full, or slow to sync.',
    icon:
      'M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6' +
      'M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3',
  },
];

/** The path of the sign that stands for repair. */
export const healIcon =
  'M12 20s-7.5-4.4-7.5-10A4.2 4.2 0 0 1 12 7.2 4.2 4.2 0 0 1 19.5 10c0 5.6-7.5 10-7.5 10z';
