/** The manifests, held against the schemas of Kubernetes and against what a node is and serves. */
import type { StatefulSet } from 'kubernetes-models/apps/v1';
import type { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { Service } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';

import { commands } from '../../src/cli/command-table.ts';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { addMetrics } from '../../src/observe/add-metrics.ts';
import { deployFile, findingsOf, manifestsOf } from '../support/manifests.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

const manifests = manifestsOf(deployFile('kubernetes.yaml'));

function find(kind: string, name: string): unknown {
  const found = manifests.find((manifest) => {
    return manifest.kind === kind && manifest.metadata.name === name;
  });
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

const { spec: set } = find('StatefulSet', 'corkboard') as StatefulSet;
const headless = find('Service', set?.serviceName ?? '') as Service;
const front = find('Service', 'corkboard') as Service;
const budget = find('PodDisruptionBudget', 'corkboard') as PodDisruptionBudget;
const pod = set?.template.spec;
const [container] = pod?.containers ?? [];
const portOf = (name: string): number | undefined =>
  container?.ports?.find((port) => port.name === name)?.containerPort;

/** What the command line of the pod called `name` says. */
function optionsOf(name: string): Readonly<Record<string, unknown>> {
  const args = (container?.args ?? []).map((arg) => arg.replaceAll('$(POD_NAME)', name));
  const parsed = parseCommandLine(commands, ['node', ...args]);
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.given.options;
}

describe('the schemas of Kubernetes', () => {
  test.each(manifests)('take $kind $metadata.name', (manifest) => {
    expect(findingsOf(manifest)).toEqual([]);
  });

  test.each([
    ['serviceName:', 'servicename:', '/spec/servicename: no such field'],
    ['replicas: 5', 'replicas: five', '/spec/replicas: type'],
    ['readinessProbe:', 'readynessProbe:', '/readynessProbe: no such field'],
    ['{ name: http, port: 80,', '{ name: http, prot: 80,', '/spec/ports/0: required'],
    ['kind: StatefulSet', 'kind: StatefullSet', 'no schema here for apps/v1 StatefullSet'],
  ])('refuse what is no longer %s', (right, wrong, finding) => {
    const text = deployFile('kubernetes.yaml');
    expect(text).toContain(right);
    const findings = manifestsOf(text.replace(right, wrong)).flatMap(findingsOf);
    expect(findings.join('\n')).toContain(finding);
  });

  test('are not asked about a key that is there twice', () => {
    const text = deployFile('kubernetes.yaml').replace('replicas: 5', 'replicas: 5\n  replicas: 3');
    expect(() => manifestsOf(text)).toThrow('unique');
  });
});

describe('nodes', () => {
  const replicas = set?.replicas ?? 0;
  const names = Array.from({ length: replicas }, (_, index) => `corkboard-${index}`);

  test('are dialed by the names that the headless service gives them', () => {
    expect(headless.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    const [service] = headless.spec?.ports ?? [];
    const { id, peers, listen } = optionsOf('corkboard-0');
    expect(id).toBe('corkboard-0');
    expect(listen).toEqual({ host: '0.0.0.0', port: portOf('nodes') });
    expect(service?.port).toBe(portOf('nodes'));
    const host = (name: string): string => `${name}.${headless.metadata?.name ?? ''}`;
    expect(peers).toEqual(
      new Map(names.map((name) => [name, { host: host(name), port: portOf('nodes') }])),
    );
  });

  test('are those that the services select', () => {
    const labels = set?.template.metadata?.labels;
    for (const { spec } of [headless, front]) expect(labels).toMatchObject(spec?.selector ?? {});
    expect(set?.selector.matchLabels).toEqual(labels);
    expect(budget.spec?.selector?.matchLabels).toEqual(labels);
  });

  test('serve the front on the port of their API', () => {
    expect(optionsOf('corkboard-0')['http']).toEqual({ host: '0.0.0.0', port: portOf('http') });
    expect(front.spec?.ports?.[0]?.targetPort).toBe('http');
  });

  test('keep their data on the volume', () => {
    const [mount] = container?.volumeMounts ?? [];
    expect(optionsOf('corkboard-0')['data']).toBe(mount?.mountPath);
    expect(set?.volumeClaimTemplates?.[0]?.metadata?.name).toBe(mount?.name);
    expect(container?.securityContext?.readOnlyRootFilesystem).toBe(true);
  });

  test('are a majority whatever may be down by intent', () => {
    const down = Number(budget.spec?.maxUnavailable);
    expect(replicas - down).toBeGreaterThan(replicas / 2);
  });

  test('run without rights, and within bounds', () => {
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1_000 });
    expect(container?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container?.resources?.limits?.['memory']).toBeDefined();
  });

  test('get what is secret from a secret', () => {
    for (const { name, value } of container?.env ?? []) {
      if (/SECRET|TOKEN|PASSWORD|URL/.test(name)) expect(value, name).toBeUndefined();
    }
    const secret = container?.env?.find(({ name }) => name === 'QUORATE_PEER_SECRET');
    expect(secret?.valueFrom?.secretKeyRef?.key).toBe('peer-secret');
  });
});

test('a node answers where its probes and Prometheus ask', async () => {
  const cluster = new SimulatedCluster({ nodeCount: 3 });
  const leader = await cluster.elect();
  addMetrics(cluster.node(leader));
  const annotations = set?.template.metadata?.annotations ?? {};
  const probes = [container?.readinessProbe, container?.livenessProbe, container?.startupProbe];
  const asked = probes.flatMap((probe) => (probe?.httpGet === undefined ? [] : [probe.httpGet]));
  expect(asked.length).toBeGreaterThanOrEqual(2);
  const paths = [...asked.map(({ path }) => path), annotations['prometheus.io/path']];
  for (const path of paths) {
    expect(path).toMatch(/^\//);
    expect((await cluster.request(leader, path ?? '')).status, path).toBe(200);
  }
  for (const { port } of asked) expect(port).toBe('http');
  expect(annotations['prometheus.io/port']).toBe(String(portOf('http')));
});
