import { scenarios } from '../../scenarios/index.ts';
import type { Claim } from '../../scenarios/scenario.ts';
import { isSimulated } from '../source/source.ts';
import { view } from '../feed.ts';
import { count } from '../format.ts';
import { CheckPanel } from './check-panel.tsx';
import { WhatIfPanel } from './what-if-panel.tsx';

/** What is promised, and whether it holds. */
export function CheckScreen() {
  return (
    <>
      <CheckPanel />
      {isSimulated ? <WhatIfPanel /> : <VerdictPanel />}
      <ScenarioPanel />
    </>
  );
}

/** What the load found: it alone writes its keys, so it knows every right answer. */
function VerdictPanel() {
  const totals = view.value?.load.totals;
  const violations = totals?.violationCount ?? 0;
  const checked = totals?.checkedCount ?? 0;
  const tone = violations > 0 ? 'bad' : checked > 0 ? 'good' : 'none';
  return (
    <section class="panel full" aria-labelledby="verdict-title">
      <div class="panel-head">
        <h2 id="verdict-title">The load, as a check</h2>
        <p class="hint">it alone writes its keys, so it knows every right answer</p>
      </div>
      <div class="big-verdict">
        <p class={`pill ${tone}`} role="status">
          <span aria-hidden="true">{violations > 0 ? '✗' : checked > 0 ? '✓' : '○'}</span>
          <b>
            {violations > 0
              ? `${count(violations)} answers contradict what was acknowledged`
              : checked > 0
                ? 'nothing acknowledged was lost, no read was stale'
                : 'start the load on the screen Cluster'}
          </b>
        </p>
        <dl class="figures">
          <Pair name="answers checked" value={checked} />
          <Pair name="writes acknowledged" value={totals?.acknowledgedCount ?? 0} />
          <Pair name="contradictions" value={violations} />
        </dl>
      </div>
    </section>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{count(value)}</dd>
    </div>
  );
}

const claimTexts: Readonly<Record<Claim['kind'], string>> = {
  nothingLost: 'nothing confirmed is lost',
  converged: 'all copies end up equal',
  causal: 'no effect before its cause',
  linearizable: 'configuration is linearizable',
  answered: 'requests are answered',
  newLeader: 'a new leader comes in time',
  lostVote: 'a term passes that nobody wins',
  breakers: 'breakers open, and close again',
  threeCopies: 'three copies at the end',
  boundedLoad: 'no owner gets more than its share',
  boundedRetries: 'retries stay within their budget',
  statuses: 'two statuses set at once are both kept until one is chosen',
};

/** The stories that tests hold to their claims, in virtual time. */
function ScenarioPanel() {
  return (
    <section class="panel full" aria-labelledby="scenarios-title">
      <div class="panel-head">
        <h2 id="scenarios-title">{scenarios.length} scenarios</h2>
        <p class="hint">
          each runs the same nodes in virtual time, and is held to its claims by a test
        </p>
      </div>
      <ul class="scenarios">
        {scenarios.map(({ name, title, text, claims, durationMs }) => (
          <li key={name}>
            <h3>{title}</h3>
            <p>{text}</p>
            <p class="claims">
              {[...new Set(claims.map(({ kind }) => kind))].map((kind) => (
                <span key={kind}>{claimTexts[kind]}</span>
              ))}
              <span>{durationMs / 1_000} s</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
