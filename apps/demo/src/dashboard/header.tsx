import { refusal } from './actions.ts';
import { answered, copiesWanted, isLive, underReplicated } from './cluster/figures.ts';
import { isConnected, points, view } from './feed.ts';
import { count, milliseconds, share } from './format.ts';
import { openScreen, screen } from './navigation/route.ts';

/** The share of requests is of so long, in ms. */
const shareMs = 10_000;

/** On top of every screen: what it shows, three numbers, and whether anything was ever lost. */
export function Header() {
  return (
    <header>
      <div class="title">
        <h1>{screen.value.title}</h1>
        <p>{screen.value.sentence}</p>
      </div>
      <dl class="strip">
        <LiveFigure />
        <BoardsFigure />
        <RequestsFigure />
        <Verdict />
      </dl>
      <div role="status" class="toast-space">
        {isConnected.value === false ? (
          <p class="toast">Not connected: the demo has stopped.</p>
        ) : undefined}
        {refusal.value === undefined ? undefined : <p class="toast">{refusal.value}</p>}
      </div>
    </header>
  );
}

function LiveFigure() {
  const nodes = view.value?.nodes ?? [];
  const liveCount = nodes.filter(isLive).length;
  const isQuorum = liveCount > nodes.length / 2;
  const tone = liveCount === nodes.length ? 'good' : isQuorum ? 'warn' : 'bad';
  const leader = view.value?.leaderId ?? undefined;
  return (
    <Figure
      name="nodes live"
      tone={nodes.length === 0 ? undefined : tone}
      detail={leader === undefined ? 'nobody leads' : `${leader} leads`}
    >
      {nodes.length === 0 ? '–' : `${liveCount}/${nodes.length}`}
    </Figure>
  );
}

function BoardsFigure() {
  const nodes = view.value?.nodes ?? [];
  const { count: few, isAtLeast, boardCount } = underReplicated(nodes);
  const wanted = copiesWanted(nodes);
  const copies = wanted === 1 ? '1 copy' : `${wanted} copies`;
  return (
    <Figure
      name="boards under-replicated"
      tone={few > 0 ? 'warn' : boardCount > 0 ? 'good' : undefined}
      detail={`of ${isAtLeast ? 'more than ' : ''}${count(boardCount)}, each wants ${copies}`}
    >
      {isAtLeast && few > 0 ? `≥ ${count(few)}` : count(few)}
    </Figure>
  );
}

function RequestsFigure() {
  const { okShare, p99Ms } = answered(points.value, shareMs);
  const tone =
    okShare === undefined ? undefined : okShare > 0.999 ? 'good' : okShare > 0.95 ? 'warn' : 'bad';
  return (
    <Figure name="requests ok, 10 s" tone={tone} detail={`p99 ${milliseconds(p99Ms)}`}>
      {okShare === undefined ? 'no load' : share(okShare)}
    </Figure>
  );
}

/** How a figure is judged; it says so by a sign too. */
type Tone = 'good' | 'warn' | 'bad' | undefined;

function Figure(props: {
  readonly name: string;
  readonly tone: Tone;
  readonly detail: string;
  readonly children: string;
}) {
  return (
    <div class={`figure ${props.tone ?? ''}`}>
      <dt>{props.name}</dt>
      <dd>
        <b>{props.children}</b>
        <small>{props.detail}</small>
      </dd>
    </div>
  );
}

/** The load's own check, and the verdict about its history; the way to more about both. */
function Verdict() {
  const totals = view.value?.load.totals;
  const violations = totals?.violationCount ?? 0;
  const checked = totals?.checkedCount ?? 0;
  const history = view.value?.check;
  const isJudged = history?.verdict === 'linearizable';
  const isBroken = violations > 0 || history?.verdict === 'not-linearizable';
  const tone = isBroken ? 'bad' : checked > 0 ? 'good' : 'none';
  const [sign, text, detail] = isBroken
    ? ['✗', violations > 1 ? `${count(violations)} violations` : 'not linearizable', 'see why']
    : isJudged
      ? [
          '✓',
          'linearizable',
          history.operationCount === 1
            ? '1 operation'
            : `${count(history.operationCount)} operations`,
        ]
      : checked > 0
        ? ['✓', 'nothing lost or stale', `${count(checked)} answers checked`]
        : ['○', 'not checked yet', 'start the load'];
  return (
    <div class="figure verdict">
      <dt>verdict</dt>
      <dd>
        <a
          class={`pill ${tone}`}
          href="#check"
          onClick={(event: MouseEvent) => {
            event.preventDefault();
            openScreen('check');
          }}
        >
          <span aria-hidden="true">{sign}</span>
          <span>
            <b>{text}</b>
            <small>{detail}</small>
          </span>
        </a>
      </dd>
    </div>
  );
}
