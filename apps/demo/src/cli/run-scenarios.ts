/** `demo scenario`: plays stories in virtual time and says whether what they claim holds. */
import { scenarios } from '../scenarios/index.ts';
import { ScenarioRun } from '../scenarios/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ExitCode, Shell } from './shell.ts';

/** What to play. */
export interface ScenarioSettings {
  /** `undefined`: all of them. */
  readonly name: string | undefined;
  /** Only say which there are. */
  readonly isList: boolean;
  readonly firstSeed: number;
  readonly lastSeed: number;
}

/** What it needs of the shell. */
export type ScenarioShell = Pick<Shell, 'print' | 'note' | 'isJson'>;

/** @returns The exit code: 0 all hold, 1 one does not, 2 there is no such scenario. */
export async function runScenarios(
  settings: ScenarioSettings,
  shell: ScenarioShell,
): Promise<ExitCode> {
  const { name, firstSeed, lastSeed } = settings;
  const chosen = scenarios.filter((scenario) => name === undefined || scenario.name === name);
  if (name === undefined && settings.isList) return list(chosen, shell);
  if (chosen.length === 0) {
    const names = scenarios.map((scenario) => scenario.name).join(', ');
    shell.note(`demo: scenario: expected one of ${names}, got ${name ?? ''}`);
    return 2;
  }
  let brokenCount = 0;
  for (const scenario of chosen) {
    for (let seed = firstSeed; seed <= lastSeed; seed += 1) {
      if (!(await play(scenario, seed, shell))) brokenCount += 1;
    }
  }
  return brokenCount === 0 ? 0 : 1;
}

async function play(
  scenario: Scenario,
  seed: number,
  { isJson, print }: ScenarioShell,
): Promise<boolean> {
  const run = new ScenarioRun(scenario, seed);
  const judgements = await run.finish();
  const holds = judgements.every((judgement) => judgement.holds);
  const { name } = scenario;
  const hash = run.cluster.hash();
  if (isJson) {
    print(JSON.stringify({ scenario: name, seed, holds, hash, judgements }));
    return holds;
  }
  const confirmed = run.edits.filter(({ isConfirmed }) => isConfirmed).length;
  print(
    `${holds ? '✓' : '✗'} ${name}, seed ${seed}: ${confirmed} of ${run.edits.length} edits ` +
      `confirmed, ${run.operationCount} operations on the configuration, run ${hash}`,
  );
  for (const { claim, detail } of judgements.filter((judgement) => !judgement.holds)) {
    print(`    ${claim.kind}: ${detail}`);
  }
  return holds;
}

function list(chosen: readonly Scenario[], { isJson, print }: ScenarioShell): ExitCode {
  for (const { name, title, text } of chosen) {
    print(isJson ? JSON.stringify({ name, title, text }) : `${name.padEnd(16)} ${title}. ${text}`);
  }
  return 0;
}
