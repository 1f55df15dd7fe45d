/** The first minute of somebody who has just started the demo, in a real browser. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { type Browser, chromium, type Page } from 'playwright';
import { afterEach, describe, expect, test } from 'vitest';

import { RealDemo } from './support/real-demo.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isBrowserMissing = !existsSync(executablePath);
if (isBrowserMissing) console.warn('no Chromium here: the first minute is not acted out');
const screens = path.join(import.meta.dirname, '../../../.reports/screens');

/** How long anything may take that the page waits for, on a busy machine. */
const patience = { timeout: 60_000 };
const testMs = 300_000;

describe.skipIf(isBrowserMissing)('the first minute', () => {
  let demo: RealDemo | undefined;
  let browser: Browser | undefined;
  afterEach(async () => {
    await browser?.close();
    await demo?.dispose();
    [browser, demo] = [undefined, undefined];
  });

  test(
    'a leader dies, another leads; a cut, writes on both sides, and all is one',
    async () => {
      mkdirSync(screens, { recursive: true });
      const started = await RealDemo.start(undefined, '--nodes', '5', '--load', '40');
      demo = started;
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.goto(started.dashboard);
      const show = (name: string): Promise<unknown> =>
        page.screenshot({ path: path.join(screens, `${name}.png`) });

      const first = await leaderShown(page);
      await page.getByText('5/5').waitFor(patience);
      await page.locator('header .pill.good').waitFor(patience);
      await show('1-five-nodes');

      await page.keyboard.press('k');
      await page.locator(`[data-node=${first}]`).click();
      await page.getByText('4/5').waitFor(patience);
      await show('2-the-leader-died');
      const second = await leaderShown(page, first);
      await show('3-another-leads');
      await page.getByRole('button', { name: `End: ${first} down` }).click();
      await page.getByText('5/5').waitFor(patience);

      const [small, large] = sidesOf(second);
      const board = await created(started, large[0] ?? '');
      await page.keyboard.press('x');
      for (const id of small) await page.getByRole('switch', { name: id }).check();
      await page.getByRole('button', { name: /^Cut n/ }).click();
      await page.locator('.link.cut').first().waitFor(patience);
      await show('4-cut');
      await Promise.all([...small, ...large].map((id) => edit(started, id, board)));

      await page.keyboard.press('h');
      await page
        .locator('.link.cut')
        .first()
        .waitFor({ state: 'detached', ...patience });
      await converged(started, board);
      await page.locator('header .pill.good').waitFor(patience);
      await show('5-one-again');
      expect(errors).toEqual([]);
    },
    testMs,
  );
});

/** Who leads, as the page shows it: somebody else than `before`. */
async function leaderShown(page: Page, before?: string): Promise<string> {
  const leaders = page.locator('.node.leader .name');
  const other = before === undefined ? leaders : leaders.filter({ hasNotText: before });
  await other.first().waitFor(patience);
  return ((await other.first().textContent()) ?? '').trim();
}

/** Two nodes, the leader not among them, and the others. */
function sidesOf(leader: string): readonly [readonly string[], readonly string[]] {
  const ids = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const small = ids.filter((id) => id !== leader).slice(0, 2);
  return [small, ids.filter((id) => !small.includes(id))];
}

async function post(
  demo: RealDemo,
  id: string,
  where: string,
  key: string,
  body: unknown,
): Promise<{ readonly status: number; readonly body: string }> {
  const node = demo.nodes.find((known) => known.id === id);
  if (node === undefined) throw new Error(`no node ${id}`);
  return demo.ask(node, where, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
}

/** Makes a board; asked again with the same key for as long as nobody could say. */
async function created(demo: RealDemo, id: string): Promise<string> {
  const deadlineMs = performance.now() + patience.timeout;
  for (;;) {
    const title = 'The first minute';
    const { status, body } = await post(demo, id, '/v1/boards', 'minute', { title });
    if (status < 300) return `/v1/boards/${(JSON.parse(body) as { id: string }).id}`;
    if (status < 500 || performance.now() > deadlineMs) throw new Error(body);
  }
}

/** An edit through `id`: confirmed, kept on one disk, or refused where there is no owner. */
async function edit(demo: RealDemo, id: string, board: string): Promise<void> {
  const operations = [{ kind: 'addItem', id: `of-${id}`, text: `written through ${id}` }];
  const { status } = await post(demo, id, `${board}/ops`, `edit-${id}`, { operations });
  expect([202, 503, 504]).toContain(status);
}

/** Until every node tells the same of the board, with what the large side wrote. */
async function converged(demo: RealDemo, board: string): Promise<void> {
  const deadlineMs = performance.now() + patience.timeout;
  for (;;) {
    const told = await Promise.all(demo.nodes.map((node) => demo.ask(node, board)));
    const texts = new Set(told.map(({ body }) => body));
    if (texts.size === 1 && told[0]?.status === 200 && told[0].body.includes('of-')) return;
    if (performance.now() > deadlineMs) throw new Error([...texts].join('\n'));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
