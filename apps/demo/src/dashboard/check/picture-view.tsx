import type { Bar, Picture } from '../../check/check-report.ts';

const lanePx = 44;
const barPx = 26;
const namePx = 44;
const topPx = 8;

/** Operations as bars, one lane for each client, and where they take effect. */
export function PictureView(props: {
  readonly picture: Picture;
  /** Bars that count, by index; all, if left out. */
  readonly kept?: readonly number[] | undefined;
}) {
  const { picture, kept } = props;
  const { key, lanes, widthPx, bars } = picture;
  const [width, height] = [namePx + widthPx + 12, topPx + lanes.length * lanePx];
  return (
    <>
      <div class="history" tabindex={0} role="group" aria-label={`Operations on ${key}`}>
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {lanes.map((name, lane) => (
            <g key={name} transform={`translate(0 ${topPx + lane * lanePx})`}>
              <text class="lane" x="2" y={barPx / 2 + 4}>
                {name}
              </text>
              <path class="lane-line" d={`M${namePx} ${barPx / 2}H${width}`} />
            </g>
          ))}
          {bars.map((bar, index) => (
            <Operation key={index} bar={bar} isGone={kept?.includes(index) === false} />
          ))}
        </svg>
      </div>
      <BarTable bars={bars.filter((_, index) => kept?.includes(index) !== false)} lanes={lanes} />
    </>
  );
}

function Operation({ bar, isGone }: { readonly bar: Bar; readonly isGone: boolean }) {
  const { lane, text, answer, fromPx, toPx, point, isCulprit } = bar;
  const [x, y, width] = [namePx + fromPx, topPx + lane * lanePx, Math.max(6, toPx - fromPx)];
  const names = ['operation', answer, isCulprit ? 'culprit' : '', isGone ? 'gone' : ''];
  return (
    <g class={names.filter(Boolean).join(' ')}>
      <title>{point ? `${point.number}. ${text}, then ${point.state}` : text}</title>
      <rect x={x} y={y} width={width} height={barPx} rx="5" />
      {/* A drawing of its own cuts the text off where the bar ends. */}
      <svg x={x} y={y} width={Math.max(0, width - 3)} height={barPx}>
        <text x={point === null ? 7 : Math.max(7, point.xPx - fromPx + 12)} y="17">
          {isCulprit ? `✗ ${text}` : text}
        </text>
      </svg>
      {point === null ? undefined : (
        <g transform={`translate(${namePx + point.xPx} ${y + barPx / 2})`}>
          <path d={`M0 ${-barPx / 2 - 3}V${barPx / 2 + 3}`} />
          <circle r="8" />
          <text class="number" y="3.5">
            {point.number}
          </text>
        </g>
      )}
    </g>
  );
}

const answers = { known: '', unknown: 'never answered', refused: 'refused' } as const;

/** The same in words. */
function BarTable(props: { readonly bars: readonly Bar[]; readonly lanes: readonly string[] }) {
  const { bars, lanes } = props;
  return (
    <details class="as-table">
      <summary>The same as a table</summary>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              {['Client', 'Operation', 'Called', 'Answered', 'Order', 'True from then on'].map(
                (name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {bars.map(({ lane, text, answer, callMs, returnMs, point, isCulprit }, index) => (
              <tr key={index}>
                <th scope="row">{lanes[lane]}</th>
                <td>{text}</td>
                <td>{callMs.toFixed(1)} ms</td>
                <td>{returnMs === null ? answers[answer] : `${returnMs.toFixed(1)} ms`}</td>
                <td>{isCulprit ? '✗ impossible' : (point?.number ?? '–')}</td>
                <td>{point?.state ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
