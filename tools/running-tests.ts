/**
 * Says every minute which files and tests have run for longer than that. When all is ended from
 * outside because a test would not end, its name stands in the log.
 */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const MINUTE_MS = 60_000;

/** What runs, and since when. */
export class Running {
  readonly #sinceMs = new Map<string, number>();

  begin(name: string, nowMs: number): void {
    this.#sinceMs.set(name, nowMs);
  }

  end(name: string): void {
    this.#sinceMs.delete(name);
  }

  /** A line for each that has run for a minute or more, the longest first. */
  linesAt(nowMs: number): readonly string[] {
    return [...this.#sinceMs]
      .map(([name, sinceMs]) => ({ name, minutes: Math.floor((nowMs - sinceMs) / MINUTE_MS) }))
      .filter(({ minutes }) => minutes > 0)
      .map(({ name, minutes }) => `still running after ${minutes} min: ${name}`);
  }
}

/** A reporter besides others, for logs: on a terminal Vitest shows what runs. */
export function runningTests(): Reporter {
  const running = new Running();
  const begin = (name: string): void => running.begin(name, performance.now());
  let timer: NodeJS.Timeout | undefined;
  return {
    onTestRunStart: () => {
      timer = setInterval(() => {
        for (const line of running.linesAt(performance.now())) process.stdout.write(`${line}\n`);
      }, MINUTE_MS);
    },
    onTestRunEnd: () => {
      clearInterval(timer);
    },
    onTestModuleQueued: (file) => begin(nameOf(file)),
    onTestModuleEnd: (file) => running.end(nameOf(file)),
    onTestCaseReady: (test) => begin(nameOfTest(test)),
    onTestCaseResult: (test) => running.end(nameOfTest(test)),
  };
}

function nameOf({ project, relativeModuleId }: TestModule): string {
  return `${project.name} ${relativeModuleId}`;
}

function nameOfTest({ module, fullName }: TestCase): string {
  return `${nameOf(module)} > ${fullName}`;
}
