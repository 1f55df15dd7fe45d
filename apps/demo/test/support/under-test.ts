/**
 * Loaded by a demo before anything else, if a test runs it: however the test's process ends, the
 * demo stops as by a signal, for its standard input ends then. Nobody would ever stop it later.
 */
process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
// That it is read keeps no command from ending.
if ('unref' in process.stdin) process.stdin.unref();
