/** The screens of the dashboard, in the order of the navigation. */

/** One screen, without what it shows. */
export interface ScreenInfo {
  readonly id: ScreenId;
  readonly title: string;
  /** The title where there is little room. */
  readonly shortTitle: string;
  /** What the screen answers, in one sentence. */
  readonly sentence: string;
  /** The key that opens it, after `g`. */
  readonly key: string;
  /** Its sign, as the path of a drawing of 24 by 24. */
  readonly icon: string;
}

/** The name of a screen, as it stands in the address. */
export type ScreenId = 'cluster' | 'boards' | 'trace' | 'ring' | 'control' | 'resilience' | 'check';

/** All of them. */
export const screens: readonly ScreenInfo[] = [
  {
    id: 'cluster',
    title: 'Cluster',
    shortTitle: 'Cluster',
    sentence: 'Who is there, who leads, and what happens when you break something.',
    key: 'c',
    icon: 'M11 7l-5 9M13 7l5 9M7 19h10M9.5 4.5h5v3h-5zM2.5 16.5h5v4h-5zM16.5 16.5h5v4h-5z',
  },
  {
    id: 'boards',
    title: 'Boards',
    shortTitle: 'Boards',
    sentence: 'One board, two people, two nodes: edit on both sides of a cut.',
    key: 'b',
    icon: 'M4 4h16v16H4zM4 9h16M9 9v11M12.5 13h5M12.5 16.5h3',
  },
  {
    id: 'trace',
    title: 'Trace',
    shortTitle: 'Trace',
    sentence: 'Every message between the nodes, and what could have caused what.',
    key: 't',
    icon: 'M3 6h18M3 12h18M3 18h18M6 6l4 6M10 12l4 6M15 18l3-12',
  },
  {
    id: 'ring',
    title: 'Ring',
    shortTitle: 'Ring',
    sentence: 'Which nodes hold which boards, and whether their copies agree.',
    key: 'r',
    icon: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 8v8a4 4 0 1 0 0-8V3M4 16l4.5-2M20 16l-4.5-2',
  },
  {
    id: 'control',
    title: 'Control plane',
    shortTitle: 'Control',
    sentence: 'The log that all nodes agree on, and the configuration that follows from it.',
    key: 'p',
    icon: 'M3 5h5v5H3zM10 5h5v5h-5zM17 5h4v5h-4zM3 14h5v5H3zM10 14h5v5h-5z',
  },
  {
    id: 'resilience',
    title: 'Resilience',
    shortTitle: 'Guards',
    sentence: 'How each node sees each other: suspicion, and the breakers that follow it.',
    key: 's',
    icon: 'M12 2.5l8 3v6c0 5-3.4 8.3-8 10-4.6-1.7-8-5-8-10v-6zM8.5 12l2.5 2.5 4.5-5',
  },
  {
    id: 'check',
    title: 'Check',
    shortTitle: 'Check',
    sentence: 'What is promised, and whether what clients saw agrees with it.',
    key: 'k',
    icon: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8 12.5l3 3 5.5-6.5',
  },
];

/** The screen that an address names by what follows its `#`; the first one without a name. */
export function screenOf(hash: string): ScreenInfo {
  const name = /^#?([a-z]*)/.exec(hash)?.[1];
  const [first] = screens;
  if (first === undefined) throw new RangeError('screens: expected at least 1, got 0');
  return screens.find(({ id }) => id === name) ?? first;
}

/** The screen that comes `steps` after `id` in the navigation, around its ends. */
export function screenBeside(id: ScreenId, steps: number): ScreenInfo {
  const at = screens.findIndex((screen) => screen.id === id) + steps;
  return screens.at(((at % screens.length) + screens.length) % screens.length) ?? screenOf('');
}
