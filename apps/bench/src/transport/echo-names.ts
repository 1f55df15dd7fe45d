import { nodeId, protocolName } from '@quorate/transport';

/** The two ends of every echo benchmark, and what they speak. */
export const clientId = nodeId('client');
export const serverId = nodeId('server');
export const echoProtocol = protocolName('echo');
export const clusterId = 'bench';
