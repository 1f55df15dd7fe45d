import { type CarrierChoice, carrierKinds } from '../carriers/carrier.ts';
import type { ClusterCarrierChoice } from '../carriers/cluster-carrier.ts';
import { natsServer } from '../carriers/nats-server.ts';
import { Misuse, option } from './command-spec.ts';
import { type Form, oneOf } from './forms.ts';

const natsUrl: Form<string> = {
  name: 'url',
  expected: 'a URL like nats://host:4222',
  parse: (given) => {
    try {
      natsServer(given);
      return given;
    } catch {
      return undefined;
    }
  },
};

/** Options of whatever starts nodes: over what they speak. */
export const carrierOptions = {
  carrier: option(oneOf('carrier', carrierKinds), 'What nodes speak to each other over', 'tcp'),
  natsUrl: option(
    natsUrl,
    'Where the NATS server is, with --carrier nats; else QUORATE_NATS_URL says it',
  ),
};

interface CarrierWords {
  readonly carrier: (typeof carrierKinds)[number];
  readonly natsUrl: string | undefined;
}

/** What a cluster is to speak over. @throws Misuse if the options do not fit each other. */
export function clusterCarrierOf(words: CarrierWords): ClusterCarrierChoice {
  return { kind: words.carrier, natsUrl: natsUrlOf(words) };
}

/** What one node is to speak over. @throws Misuse if the options do not fit each other. */
export function nodeCarrierOf(words: CarrierWords): CarrierChoice {
  const url = natsUrlOf(words);
  if (words.carrier !== 'nats') return { kind: words.carrier };
  if (url === undefined) throw new Misuse('--carrier nats: expected --nats-url, got nothing');
  return { kind: 'nats', url };
}

function natsUrlOf({ carrier, natsUrl: given }: CarrierWords): string | undefined {
  if (carrier === 'nats') return given ?? process.env['QUORATE_NATS_URL'];
  if (given === undefined) return undefined;
  throw new Misuse(`--nats-url: expected --carrier nats, got --carrier ${carrier}`);
}
