/**
 * Waiting until every promise reaction has run.
 *
 * Code under simulation may use promises, so after each event the loop must wait until no reaction
 * is left, and must not go on a moment earlier: a reaction that runs after the next event is
 * another run. How many reactions there are cannot be known. Awaiting a fixed number of times is
 * not enough, because chains of promises have any length; a promise of our own settles in the
 * middle of theirs.
 *
 * What is certain is what engines promise about their task queues. A new task begins only when the
 * queue of reactions (microtasks) is empty, however long it grew meanwhile:
 *
 * ```text
 *   Node        process.nextTick called from a reaction: runs when none is left       0.2 us
 *   Node, Bun   setImmediate: a task of its own                                         1 us
 *   browsers    a message to oneself: a task of its own                           5 to 10 us
 * ```
 *
 * The first is Node's own rule and the reason why draining after every event is affordable; since
 * other runtimes imitate `nextTick` without it, it is used only after a trial with a long chain. It
 * has a second merit: no foreign task (of a test runner, say) can run before it.
 */

/** How this host lets reactions run to their end. */
export interface HostTasks {
  /** Whether nothing but reactions can run before `settle` resolves. */
  readonly isExclusive: boolean;
  /** Resolves once no reaction is left. Call it from within a reaction. */
  settle(): Promise<void>;
  /** Lets the host do other things: timers, messages, drawing. */
  yieldToHost(): Promise<void>;
}

type Schedule = (job: () => void) => void;

interface Host {
  readonly process?: { readonly nextTick?: Schedule };
  readonly setImmediate?: Schedule;
  readonly MessageChannel: new () => {
    readonly port1: { onmessage: (() => void) | null };
    readonly port2: { postMessage(value: unknown): void };
  };
}

// Taken when the module loads: a test may replace the globals later.
const host = globalThis as unknown as Host;
const nextTick = host.process?.nextTick?.bind(host.process);
const immediate = host.setImmediate?.bind(globalThis);

let chosen: Promise<HostTasks> | undefined;

/** The best way this host offers. The trial happens once. */
export function hostTasks(): Promise<HostTasks> {
  chosen ??= choose();
  return chosen;
}

async function choose(): Promise<HostTasks> {
  const scheduleTask = immediate ?? messageToSelf();
  const yieldToHost = (): Promise<void> => new Promise(scheduleTask);
  if (nextTick === undefined || !(await runsAfterReactions(nextTick))) {
    return { isExclusive: false, settle: yieldToHost, yieldToHost };
  }
  const settle = (): Promise<void> => new Promise(nextTick);
  return { isExclusive: true, settle, yieldToHost };
}

/** Whether `schedule`, called from a reaction, waits for a chain of reactions to end. */
async function runsAfterReactions(schedule: Schedule): Promise<boolean> {
  await Promise.resolve();
  let hasEnded = false;
  void (async () => {
    for (let link = 0; link < 1_000; link += 1) await Promise.resolve();
    hasEnded = true;
  })();
  await new Promise<void>(schedule);
  return hasEnded;
}

/** Schedules tasks where there is no `setImmediate`. */
function messageToSelf(): Schedule {
  const { port1, port2 } = new host.MessageChannel();
  const jobs: (() => void)[] = [];
  port1.onmessage = () => {
    jobs.shift()?.();
  };
  return (job) => {
    jobs.push(job);
    port2.postMessage(0);
  };
}
