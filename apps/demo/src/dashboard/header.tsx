import { computed } from '@preact/signals';

import { refusal } from './actions.ts';
import { isConnected, points, view } from './feed.ts';
import { count, milliseconds } from './format.ts';
import { chooseTheme, theme } from './theme.ts';

const upCount = computed(
  () => view.value?.nodes.filter((node) => node.process === 'running').length ?? 0,
);

/** The strip on top: who leads, what clients get, and whether anything was ever lost. */
export function Header() {
  const nodeCount = view.value?.nodes.length ?? 0;
  const leader = view.value?.nodes.find(({ id }) => id === view.value?.leaderId);
  const point = points.value.at(-1);
  return (
    <header>
      <div class="brand">
        <Mark />
        <div>
          <h1>Quorate demo</h1>
          <p>a key-value service on Raft: real processes, real TCP</p>
        </div>
      </div>
      <dl class="strip">
        <Figure name="nodes up" tone={upCount.value === nodeCount ? 'good' : 'warn'}>
          {upCount.value}/{nodeCount}
        </Figure>
        <Figure name="leader" tone={leader ? 'good' : 'bad'}>
          {leader ? `${leader.id} · term ${leader.status?.raft.term ?? 0}` : 'none'}
        </Figure>
        <Figure name="requests">{`${count(point?.okPerSecond ?? 0)}/s`}</Figure>
        <Figure name="p99">{milliseconds(point?.p99Ms ?? 0)}</Figure>
        <Verdict />
      </dl>
      <button class="quiet" type="button" onClick={chooseTheme} aria-label="Change the theme">
        {theme.value === 'auto' ? '◐ auto' : theme.value === 'dark' ? '● dark' : '○ light'}
      </button>
      <div role="status" class="toast-space">
        {isConnected.value ? undefined : <p class="toast">Not connected: the demo has stopped.</p>}
        {refusal.value === undefined ? undefined : <p class="toast">{refusal.value}</p>}
      </div>
    </header>
  );
}

function Figure(props: {
  readonly name: string;
  readonly tone?: 'good' | 'warn' | 'bad';
  readonly children: unknown;
}) {
  return (
    <div class={`figure ${props.tone ?? ''}`}>
      <dt>{props.name}</dt>
      <dd>{props.children as string}</dd>
    </div>
  );
}

/** The load's own check: nothing acknowledged was ever lost, no read was ever stale. */
function Verdict() {
  const totals = view.value?.load.totals;
  const violations = totals?.violationCount ?? 0;
  const checked = totals?.checkedCount ?? 0;
  const text =
    violations > 0
      ? `✗ ${count(violations)} violations`
      : checked === 0
        ? 'start the load to check'
        : `✓ nothing lost or stale in ${count(checked)} answers`;
  const tone = violations > 0 ? 'bad' : checked > 0 ? 'good' : undefined;
  return (
    <Figure name="verdict" {...(tone ? { tone } : {})}>
      {text}
    </Figure>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 40 40" width="36" height="36" aria-hidden="true">
      <circle cx="20" cy="20" r="14" fill="none" stroke="var(--line)" stroke-width="2" />
      <circle cx="20" cy="6" r="5" fill="var(--leader)" />
      <circle cx="32" cy="27" r="5" fill="var(--follower)" />
      <circle cx="8" cy="27" r="5" fill="var(--follower)" />
    </svg>
  );
}
