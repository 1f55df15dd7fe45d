/** Loaded by a demo before anything else, if a test runs it. */
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

// Half of what a command takes is to compile hundreds of sources, the same ones each time. Nodes do
// without: their program is another file for each demo.
enableCompileCache(join(tmpdir(), 'quorate-compiled'));

// However the test's process ends, the demo stops as by a signal, for its standard input ends then.
// Nobody would ever stop it later. Threads have an input of their own, which ends at once.
if (isMainThread) {
  process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  // That it is read keeps no command from ending.
  if ('unref' in process.stdin) process.stdin.unref();
}
