/** What the shell does to links: it adds to what is wrong, which the demo takes as a whole. */
import type { ClusterView } from '../supervisor/cluster-view.ts';
import type { LinkFault } from '../supervisor/link-faults.ts';
import { DemoClient, say } from './demo-client.ts';
import type { Form } from './forms.ts';
import type { ExitCode, Shell } from './shell.ts';
import { viewText } from './view-text.ts';

/** The link between two nodes, or all of them. */
export type Link = 'all' | readonly [from: string, to: string];

/** `n1-n4`, or `all`. */
export const link: Form<Link> = {
  name: 'link',
  expected: 'two nodes like n1-n4, or all',
  parse: (given) => {
    if (given === 'all') return given;
    const [from = '', to = '', ...rest] = given.split('-');
    return from === '' || to === '' || from === to || rest.length > 0 ? undefined : [from, to];
  },
};

/** A fault without its ends. */
export type FaultOfLink = LinkFault extends infer Fault
  ? Fault extends LinkFault
    ? Omit<Fault, 'from' | 'to'>
    : never
  : never;

/** All faults of links, with `fault` on each of `ends` in place of what it does there already. */
export function withFault(
  links: readonly LinkFault[],
  fault: FaultOfLink,
  ends: readonly (readonly [from: string, to: string])[],
): readonly LinkFault[] {
  const isReplaced = ({ kind, from, to }: LinkFault): boolean =>
    kind === fault.kind && ends.some(([start, end]) => from === start && to === end);
  const added = ends.map(([from, to]) => ({ ...fault, from, to }));
  return [...links.filter((one) => !isReplaced(one)), ...added];
}

/** The ends of a link, each direction that is meant. */
export function endsOf(
  given: Link,
  directions: 'one-way' | 'both',
  nodes: readonly string[],
): readonly (readonly [string, string])[] {
  if (given !== 'all') {
    const [from, to] = given;
    return directions === 'one-way' ? [given] : [given, [to, from]];
  }
  return nodes.flatMap((from) =>
    nodes.filter((to) => to !== from).map((to) => [from, to] as const),
  );
}

/** Lets something go wrong with links, and prints the cluster. */
export async function breakLinks(
  control: string | undefined,
  fault: FaultOfLink,
  ends: (nodes: readonly string[]) => readonly (readonly [string, string])[],
  shell: Shell,
): Promise<ExitCode> {
  const demo = new DemoClient(control);
  try {
    const { nodes, links = [] } = await demo.view();
    const faults = withFault(links, fault, ends(nodes.map(({ id }) => id)));
    const answer = await demo.request({
      ...{ path: '/api/links', method: 'POST', document: { links: faults } },
    });
    return say(answer, shell, (body) => viewText(JSON.parse(body) as ClusterView));
  } finally {
    demo.close();
  }
}
