import { carrierOptions, nodeCarrierOf } from '../carrier-options.ts';
import { command, type Command, flag, option, required } from '../command-spec.ts';
import { address, peers, text } from '../forms.ts';
import { settingOptions, settingsOf } from '../setting-options.ts';

export const node: Command = command({
  name: 'node',
  group: 'Run',
  summary: 'Run one node, as on a machine of its own',
  details: ['The same on every machine, with its own id; the README says more.'],
  examples: [
    ['node --id n1 --listen 10.0.0.1:5000 --http 10.0.0.1:4000 --data ./n1', 'alone'],
    ['node --id n1 --listen h1:1 --http h1:2 --data d --peers n2=h2:1,n3=h3:1', 'with others'],
  ],
  options: {
    id: required(text('id'), 'Its name'),
    listen: required(address, 'Where other nodes reach it'),
    http: required(address, 'Where its API listens'),
    data: required(text('directory'), 'Where it keeps its data'),
    cluster: option(text('id'), 'The cluster it belongs to', 'demo'),
    peers: option(peers, 'The others; may name the node itself'),
    ...carrierOptions,
    ...settingOptions,
    chaos: flag('Let faults be injected, by whoever has QUORATE_ADMIN_TOKEN'),
    join: flag('They are a cluster already, which is to let this node in'),
  },
  run: async ({ options }) => {
    const { runNode } = await import('../../runtime/node-process.ts');
    const { id, listen, http } = options;
    const [dataDirectory, clusterId] = [options.data, options.cluster];
    await runNode({
      id,
      listen,
      http,
      dataDirectory,
      clusterId,
      peers: options.peers ?? new Map(),
      carrier: nodeCarrierOf(options),
      isJoining: options.join,
      settings: settingsOf(options, options.chaos ? 'allowed' : 'refused'),
    });
    return 0;
  },
});
