import type { Contender, Sample } from '../suite.ts';
import type { EchoClient } from './echo.ts';

/** A contender that opens a client once, and measures on it again and again. */
export function echoContender(
  name: string,
  open: () => Promise<EchoClient>,
  measure: (client: EchoClient) => Promise<Sample>,
): Contender {
  let client: EchoClient | undefined;
  return {
    name,
    setUp: async () => {
      client = await open();
    },
    run: () => {
      if (client === undefined) throw new Error('expected a client, got none');
      return measure(client);
    },
    tearDown: () => client?.close(),
  };
}
