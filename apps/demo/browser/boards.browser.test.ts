/**
 * The boards as people see them: two clients of one board on the real page, in a real browser,
 * which go offline, edit, and are equal again. Only the nodes are not real.
 */
import './support/page-token.ts';

import { h, render } from 'preact';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';

import { session } from '../src/dashboard/boards/board-session.ts';
import { BoardsScreen } from '../src/dashboard/boards/boards-screen.tsx';
import { presentMs, view } from '../src/dashboard/feed.ts';
import { viewedMs } from '../src/dashboard/time/viewed.ts';
import { FakeBoardNode } from '../test/support/fake-board-node.ts';
import { nodeView } from '../test/support/node-view.ts';

const node = new FakeBoardNode();
const boardPath = /^\/api\/node\/n\d\/v1\/boards\/b-1(\/(?:ops|sync|events))?(?:\?since=(.*))?$/;
const realFetch = globalThis.fetch;

/** Answers what the page asks for the board. */
async function fakeFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const [isOurs, action, since = ''] = boardPath.exec(typeof input === 'string' ? input : '') ?? [];
  if (isOurs === undefined) return realFetch(input, init);
  const access = node.access();
  if (action === undefined) return Response.json({ title: node.board.root.title });
  const update =
    typeof init?.body === 'string' ? (JSON.parse(init.body) as { update: string }).update : '';
  const answer = await (action === '/ops'
    ? access.send(update)
    : access.sync(decodeURIComponent(since)));
  if (answer.kind !== 'problem') return Response.json(answer);
  return Response.json(answer.problem, { status: 504 });
}

class FakeEventSource {
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  onmessage: (message: { readonly data: string }) => void = () => undefined;
  #stop: () => void = () => undefined;

  constructor(path: string) {
    const since = /since=([^&]*)/.exec(path)?.[1] ?? '';
    void Promise.resolve().then(() => {
      this.#stop = node.access().watch(decodeURIComponent(since), {
        opened: () => this.onopen(),
        news: (updates) => this.onmessage({ data: JSON.stringify({ updates }) }),
        ended: () => this.onerror(),
      });
    });
  }

  close(): void {
    this.#stop();
  }
}

beforeAll(() => {
  vi.stubGlobal('fetch', fakeFetch);
  vi.stubGlobal('EventSource', FakeEventSource);
  node.board.root.title = '<img src=x onerror="globalThis.isHurt = true">';
  const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };
  view.value = {
    nodes: [nodeView('n1', { boards: { digests: { 'b-1': '00000000' } } }), nodeView('n2')],
    ...{ leaderId: 'n1', groups: [], load: { ratePerSecond: 0, totals }, dataDirectory: '' },
  };
  const root = document.body.appendChild(document.createElement('div'));
  render(h(BoardsScreen, {}), root);
});
afterAll(() => {
  session.value?.close();
  vi.unstubAllGlobals();
});

test('two clients go offline, edit, and converge', async () => {
  const [ann, bob] = ['Ann', 'Bob'].map((name) => page.getByRole('region', { name }));
  await expect.element(ann!.getByText(/live on n1/)).toBeVisible();
  await expect.element(bob!.getByText(/live on n2/)).toBeVisible();
  await userEvent.type(ann!.getByRole('textbox', { name: /Notes/ }), 'Payments time out.');
  await expect
    .element(bob!.getByRole('textbox', { name: /Notes/ }))
    .toHaveValue('Payments time out.');
  await expect.element(ann!.getByText(/on 2 disks/)).toBeVisible();

  for (const client of [ann!, bob!]) await client.getByRole('switch').click();
  await ann!.getByText('identified').click();
  await bob!.getByText('monitoring').click();
  await bob!.getByRole('button', { name: '+10' }).click();
  await userEvent.fill(bob!.getByRole('textbox', { name: /New item/ }), 'Call the bank');
  await bob!.getByRole('button', { name: 'Add' }).click();
  await expect.element(ann!.getByText(/1 edit waits/)).toBeVisible();
  await expect.element(bob!.getByText(/3 edits wait/)).toBeVisible();

  for (const client of [ann!, bob!]) await client.getByRole('switch').click();
  await expect.element(ann!.getByText('Call the bank')).toBeVisible();
  await ann!.getByRole('button', { name: /set by 2 at once/ }).click();
  await expect.element(ann!.getByText(/later one wins|wins, as/)).toBeVisible();
  const digests = session.value?.clients.map(({ client }) => client.digest);
  expect(new Set(digests).size).toBe(1);
  expect(node.board.root.affected.value).toBe(10);
});

test('edits on one disk say so, and are sent again', async () => {
  const ann = page.getByRole('region', { name: 'Ann' });
  node.refusal = { code: 'unconfirmed', detail: 'on one disk', indefinite: true };
  await ann.getByRole('button', { name: '+1', exact: true }).click();
  await expect.element(ann.getByText(/1 edit on one disk only/)).toBeVisible();
  const again = ann.getByRole('button', { name: 'Send again' });
  await expect.element(again).toBeVisible();
  node.refusal = undefined;
  // Before it is sent again by itself, unless it is under way just now.
  (again.query() as HTMLElement | null)?.click();
  await expect.element(ann.getByText(/on 2 disks/)).toBeVisible();
  expect(node.board.root.affected.value).toBe(11);
});

test('items are put in order by keyboard, and by dragging', async () => {
  const [ann, bob] = ['Ann', 'Bob'].map((name) => page.getByRole('region', { name }));
  await userEvent.fill(ann!.getByRole('textbox', { name: /New item/ }), 'Tell everybody');
  await ann!.getByRole('button', { name: 'Add' }).click();
  const texts = () =>
    [...(session.value?.clients[1]?.client.board.root.checklist ?? [])].map(({ text }) => text);
  await expect.poll(texts).toEqual(['Call the bank', 'Tell everybody']);
  (ann!.getByRole('button', { name: /Move Call the bank/ }).element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowDown}');
  await expect.poll(texts).toEqual(['Tell everybody', 'Call the bank']);
  const grip = (name: string) => bob!.getByRole('button', { name: `Move ${name}`, exact: false });
  await userEvent.dragAndDrop(grip('Call the bank'), grip('Tell everybody'));
  await expect.poll(texts).toEqual(['Call the bank', 'Tell everybody']);
});

test('in the past each copy is as it was, and nothing can be done to it', async () => {
  const ann = page.getByRole('region', { name: 'Ann' });
  const history = page.getByRole('region', { name: 'History of the board' });
  const affected = () => ann.getByRole('status', { name: '' }).filter({ hasText: /^\d+$/ });
  const beforeMs = presentMs();
  await expect.poll(presentMs).toBeGreaterThan(beforeMs);
  await ann.getByRole('button', { name: '+1', exact: true }).click();
  await expect.element(affected()).toHaveTextContent('12');
  await expect.element(history.getByText(/now, after \d+ changes/)).toBeVisible();

  viewedMs.value = beforeMs;
  await expect.element(affected()).toHaveTextContent('11');
  await expect.element(history.getByText(/(Ann|Bob): checklist/)).toBeVisible();
  for (const role of ['textbox', 'switch', 'radio', 'checkbox'] as const) {
    await expect.element(ann.getByRole(role).first()).toBeDisabled();
  }
  // What lost is told all the same.
  await expect.element(ann.getByRole('group', { name: 'Conflict' })).toBeVisible();

  viewedMs.value = 1;
  await expect.element(ann.getByText(/Not recorded/)).toBeVisible();

  viewedMs.value = undefined;
  await expect.element(affected()).toHaveTextContent('12');
  await expect.element(ann.getByRole('switch')).toBeEnabled();
});

test('the text of a board is never script', () => {
  expect(document.querySelector('img')).toBeNull();
  expect('isHurt' in globalThis).toBe(false);
});
