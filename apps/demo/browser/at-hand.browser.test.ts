/** What is at hand in Node is at hand in a browser, too, where bodies are not by themselves. */
import '../test/sim/at-hand.test.ts';
