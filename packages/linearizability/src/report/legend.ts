/* What the signs of a report mean, and what its keys do. */

const CLOSED = 'M6 2H40q4 0 4 4v8q0 4-4 4H6q-4 0-4-4V6q0-4 4-4z';

const SIGNS: readonly (readonly [string, string])[] = [
  [`<g class="bar"><path class="box" d="${CLOSED}"/></g>`, 'from call to answer'],
  [
    '<g class="bar info"><path class="box" d="M46 2H6q-4 0-4 4v8q0 4 4 4H46"/></g>',
    'no answer known',
  ],
  [
    '<g class="point on"><rect x="15" y="2" width="16" height="16" rx="8"/>' +
      '<text x="23" y="13.5">1</text></g>',
    'takes effect, in this order',
  ],
  [
    '<g class="refusal on"><circle cx="23" cy="10" r="8"/>' +
      '<path class="cross" d="M19.5 6.5l7 7m0-7l-7 7"/></g>',
    'refused next',
  ],
  [
    `<g class="bar culprit"><path class="box" d="${CLOSED}"/>` +
      '<path class="cross" d="M8 17l10-14m2 14l10-14m2 14l8-11"/></g>',
    'impossible',
  ],
  [
    `<g class="bar fail"><path class="box" d="${CLOSED}"/><path class="lane" d="M6 10H40"/></g>`,
    'failed for certain, does not count',
  ],
  [
    '<g class="span"><rect class="shade" x="8" y="0" width="30" height="20"/>' +
      '<rect class="tab" x="8" y="0" width="30" height="4"/>' +
      '<path class="side" d="M8 0V20M38 0V20"/></g>',
    'what happened meanwhile',
  ],
];

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['→', '←'], 'next and previous step of the order, then what is refused'],
  [['Home', 'End'], 'first and last step'],
  [['↑', '↓'], 'nearest operation of the client above or below, in its longest order'],
  [['Esc'], 'the longest order again'],
  [['n', 'p'], 'next and previous band'],
  [['c'], 'the first band: the counterexample, if there is one'],
  [['o'], 'only the counterexample, within its history'],
  [['s'], 'save the band as SVG'],
  [['t'], 'light or dark'],
];

/** The signs, as a list. */
export function legend(): string {
  const items = SIGNS.map(
    ([sign, meaning]) =>
      `<li><svg width="46" height="20" viewBox="0 0 46 20" aria-hidden="true">${sign}</svg>` +
      `${meaning}</li>`,
  );
  const hint = '<li>Time runs to the right; only its order counts, so gaps are not to scale.</li>';
  return `<ul class="legend">${items.join('')}${hint}</ul>`;
}

/** The keys, as a dialog. */
export function help(): string {
  const items = KEYS.map(
    ([keys, meaning]) =>
      `<dt>${keys.map((key) => `<kbd>${key}</kbd>`).join(' ')}</dt><dd>${meaning}</dd>`,
  );
  return (
    '<dialog id="help" aria-labelledby="keys"><h2 id="keys">Keys</h2>' +
    `<dl>${items.join('')}</dl>` +
    '<p>Point at an operation for the longest order in which it takes effect; click to keep it. ' +
    'The address then leads to it.</p>' +
    '<form method="dialog"><button>Close</button></form></dialog>'
  );
}
