/** What a supervisor prepares so that its nodes can reach each other, and tells them of it. */
import type { carrierKinds } from './carrier.ts';
import { startNatsServer } from './own-nats-server.ts';

/** What the nodes are to speak over. */
export interface ClusterCarrierChoice {
  readonly kind: (typeof carrierKinds)[number];
  /** For NATS: where a server runs. Undefined: one of one's own is started. */
  readonly natsUrl: string | undefined;
}

/** A carrier for all nodes of a machine. */
export interface ClusterCarrier {
  /** For the command line of each node. */
  readonly nodeArguments: readonly string[];
  /** For the environment of each node: what others should not read in the list of processes. */
  readonly nodeEnvironment: Readonly<Record<string, string>>;
  /** To be called once the nodes have stopped. */
  readonly close: () => Promise<void>;
}

/**
 * Prepares the carrier that was chosen.
 *
 * @param onTrouble - Told, in a sentence, what has gone wrong with it later.
 * @throws Error if it needs a server and there is none.
 */
export async function prepareCarrier(
  { kind, natsUrl }: ClusterCarrierChoice,
  onTrouble: (text: string) => void,
): Promise<ClusterCarrier> {
  const nodeArguments = kind === 'tcp' ? [] : [`--carrier=${kind}`];
  const close = (): Promise<void> => Promise.resolve();
  if (kind !== 'nats') return { nodeArguments, nodeEnvironment: {}, close };
  if (natsUrl !== undefined) {
    return { nodeArguments, nodeEnvironment: { QUORATE_NATS_URL: natsUrl }, close };
  }
  const server = await startNatsServer(() => {
    onTrouble('nats-server has ended; the nodes cannot reach each other any more');
  });
  return {
    nodeArguments,
    nodeEnvironment: { QUORATE_NATS_URL: server.url },
    close: server.close,
  };
}
