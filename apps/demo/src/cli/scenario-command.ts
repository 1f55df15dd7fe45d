/** `demo scenario`: plays stories in virtual time and says whether what they claim holds. */
import { scenarios } from '../scenarios/index.ts';
import { ScenarioRun } from '../scenarios/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ScenarioCommand } from './command.ts';

/** Where lines go. */
export interface Output {
  readonly print: (line: string) => void;
  /** For progress: nothing that a program reads. */
  readonly note: (line: string) => void;
}

/** @returns The exit code: 0 all hold, 1 one does not, 2 there is no such scenario. */
export async function runScenarios(command: ScenarioCommand, output: Output): Promise<number> {
  const { name, firstSeed, lastSeed } = command;
  const chosen = scenarios.filter((scenario) => name === undefined || scenario.name === name);
  if (name === undefined && command.isList) return list(chosen, command, output);
  if (chosen.length === 0) {
    const names = scenarios.map((scenario) => scenario.name).join(', ');
    output.note(`demo: scenario: expected one of ${names}, got ${name ?? ''}`);
    return 2;
  }
  let brokenCount = 0;
  for (const scenario of chosen) {
    for (let seed = firstSeed; seed <= lastSeed; seed += 1) {
      if (!(await play(scenario, seed, command, output))) brokenCount += 1;
    }
  }
  return brokenCount === 0 ? 0 : 1;
}

async function play(
  scenario: Scenario,
  seed: number,
  { isJson }: ScenarioCommand,
  output: Output,
): Promise<boolean> {
  const run = new ScenarioRun(scenario, seed);
  const judgements = await run.finish();
  const holds = judgements.every((judgement) => judgement.holds);
  const { name } = scenario;
  const hash = run.cluster.hash();
  if (isJson) {
    output.print(JSON.stringify({ scenario: name, seed, holds, hash, judgements }));
    return holds;
  }
  const confirmed = run.edits.filter(({ isConfirmed }) => isConfirmed).length;
  output.print(
    `${holds ? '✓' : '✗'} ${name}, seed ${seed}: ${confirmed} of ${run.edits.length} edits ` +
      `confirmed, ${run.history.length} operations on the configuration, run ${hash}`,
  );
  for (const { claim, detail } of judgements.filter((judgement) => !judgement.holds)) {
    output.print(`    ${claim.kind}: ${detail}`);
  }
  return holds;
}

function list(chosen: readonly Scenario[], { isJson }: ScenarioCommand, { print }: Output): number {
  for (const { name, title, text } of chosen) {
    print(isJson ? JSON.stringify({ name, title, text }) : `${name.padEnd(16)} ${title}. ${text}`);
  }
  return 0;
}
