/** The page without a server, as a file in a real browser: its cluster lives in a worker. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { SimSupervisor } from '../src/sim/sim-supervisor.ts';
import { type StaticScripts, writeStaticPage } from '../src/supervisor/static-page.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isBrowserMissing = !existsSync(executablePath);
if (isBrowserMissing) console.warn('no Chromium here: the page without a server is not opened');

/** How long anything may take that the page waits for, on a busy machine. */
const patience = { timeout: 120_000 };
vi.setConfig({ testTimeout: 300_000 });

/** Of the scripts that the page waits for, in bytes of gzip. */
const FIRST_BYTES_MAX = 40_000;
/** Of all that is loaded for who looks at the first screen, with those in which the cluster is. */
const VISIT_BYTES_MAX = 291_000;
/** Of all scripts, with those of charts and of the other screens. */
const SCRIPT_BYTES_MAX = 347_000;

let directory = '';
let scripts: StaticScripts = { first: [], worker: [], charts: [], screens: [] };

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'corkboard-page-'));
  scripts = await writeStaticPage(directory);
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('is nine files that name nothing outside', () => {
  const names = readdirSync(directory).toSorted();
  expect(names).toEqual([
    'charts.js',
    'common.js',
    'documents.js',
    'index.html',
    'node-source.js',
    'page.css',
    'page.js',
    'screens.js',
    'worker.js',
  ]);
  const document = readFileSync(path.join(directory, 'index.html'), 'utf8');
  expect(document).not.toMatch(/"\/|https?:|token|type="module"/);
});

test('its first scripts, those of a visit, and all of them are within their size', () => {
  const { first, worker, charts, screens } = scripts;
  expect([first, worker, charts, screens]).toEqual([
    ['./common.js', './page.js'],
    ['./documents.js', './worker.js'],
    ['./charts.js'],
    ['./screens.js'],
  ]);
  const visit = [...first, ...worker];
  expect(sizeOf(first)).toBeLessThan(FIRST_BYTES_MAX);
  expect(sizeOf(visit)).toBeLessThan(VISIT_BYTES_MAX);
  expect(sizeOf([...visit, ...charts, ...screens])).toBeLessThan(SCRIPT_BYTES_MAX);
});

describe.skipIf(isBrowserMissing)('in a browser', { timeout: 300_000 }, () => {
  let browser: Browser | undefined;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function opened(hash = '', missing?: string, height = 900): Promise<Page> {
    if (browser === undefined) throw new Error('expected a browser');
    const page = await browser.newPage({ viewport: { width: 1400, height } });
    page.on('pageerror', ({ message }) => errors.push(message));
    if (missing !== undefined) await page.route(`**/${missing}`, (route) => route.abort());
    await page.goto(`${pathToFileURL(path.join(directory, 'index.html')).href}${hash}`);
    return page;
  }

  test('charts come once they are in sight, the other screens once one is asked for', async () => {
    const page = await opened('', undefined, 720);
    await leaderShown(page);
    const scripts = page.locator('script');
    expect(await scripts.count()).toBe(4);
    await page.locator('.later').scrollIntoViewIfNeeded(patience);
    await page.locator('.chart canvas').first().waitFor(patience);
    expect(await scripts.count()).toBe(5);
    await page.evaluate(() => {
      location.hash = 'boards';
    });
    await page.getByRole('heading', { name: 'Boards', level: 1 }).waitFor(patience);
    await page.locator('.boards-screen').waitFor(patience);
    const parts = ['trace', 'ring', 'control', 'resilience', 'check', 'cluster'];
    for (const id of parts) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, id);
      await page.locator(`main.on-${id} h2`).first().waitFor(patience);
      expect(await page.getByText('Loading …').count()).toBe(0);
    }
    expect(await scripts.count()).toBe(6);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('without the script of its charts it says so, and the rest works', async () => {
    const page = await opened('', 'charts.js');
    // Nothing has stopped that has only not begun yet.
    expect(await page.locator('.toast').count()).toBe(0);
    await leaderShown(page);
    await page.locator('.later').scrollIntoViewIfNeeded(patience);
    await page.getByText('This part of the page could not be loaded.').waitFor(patience);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('a script of other screens that did not come is asked for anew', async () => {
    const page = await opened('', 'screens.js');
    await leaderShown(page);
    const goTo = (id: string): Promise<void> =>
      page.evaluate((hash) => {
        location.hash = hash;
      }, id);
    await goTo('ring');
    await page.getByText('This part of the page could not be loaded.').waitFor(patience);
    await page.unroute('**/screens.js');
    await goTo('check');
    await page.locator('main.on-check h2').first().waitFor(patience);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('without the script of the cluster it says that there is none', async () => {
    const page = await opened('', 'worker.js');
    await page.getByText('Not connected: the demo has stopped.').waitFor(patience);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('a leader is killed by its button, and another one leads', async () => {
    const page = await opened();
    const first = await leaderShown(page);
    expect(await page.getByText('Corkboard starts').count()).toBe(0);
    await page.keyboard.press(first.slice(1));
    await page.getByRole('button', { name: `Kill ${first}` }).click();
    await page.getByText('4/5').waitFor(patience);
    const second = await leaderShown(page, first);
    expect(second).not.toBe(first);
    await page.getByRole('button', { name: `Restart ${first}` }).click();
    await page.getByText('5/5').waitFor(patience);
    await page.locator('header .pill.good').waitFor(patience);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('a link makes the same run in another page', async () => {
    const page = await opened('#cluster?seed=7&scenario=leader-killed&t=2500');
    const before = await hashAt(page, '2.50 s');
    expect(before).toBe(await hashInNode());
    await page.getByRole('button', { name: '+100 ms' }).click();
    const hash = await hashAt(page, '2.60 s');
    expect(hash).not.toBe(before);
    await page.locator('.sim-bar').getByRole('button', { name: 'Copy link' }).click();
    const again = await opened(new URL(page.url()).hash);
    expect(await hashAt(again, '2.60 s')).toBe(hash);
    expect(errors).toEqual([]);
    await page.close();
    await again.close();
  });

  test('the past is seen at once, and left again; from it another future begins', async () => {
    const page = await opened('#cluster?seed=7&scenario=leader-killed&t=8000');
    const hash = await hashAt(page, '8.00 s');
    const now = await leaderShown(page);
    // Within one task, so nothing can have been played again.
    const past = await page.evaluate(async () => {
      const scrubber = document.querySelector<HTMLInputElement>('.time-track input');
      if (scrubber === null) throw new Error('expected a scrubber');
      scrubber.value = '4500';
      scrubber.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return document.querySelector('.strip')?.textContent ?? '';
    });
    const first = /(n\d) leads/.exec(past)?.[1];
    expect(first).not.toBe(now);
    await page.getByText('viewing 3.5 s ago').waitFor(patience);
    expect(await page.locator('.sim-bar code').textContent()).toBe(hash);
    await page.keyboard.press('Escape');
    expect(await leaderShown(page)).toBe(now);

    await page.locator('.time-track input').press('PageDown');
    await page.getByText('viewing 5.0 s ago').waitFor(patience);
    await page.getByRole('button', { name: `Pause n1` }).click();
    await page.getByRole('button', { name: `Resume n1` }).waitFor(patience);
    expect(await page.locator('.past-badge').count()).toBe(0);
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction(
      () => parseFloat(document.querySelector('.sim-bar output')?.textContent ?? '') >= 8,
      undefined,
      patience,
    );
    expect(await page.locator('.sim-bar code').textContent()).not.toBe(hash);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('other seeds are played beside the run, and each can be opened', async () => {
    const page = await opened('#check?seed=7&t=2500');
    await hashAt(page, '2.50 s');
    await page.getByRole('button', { name: 'Play 100 seeds' }).click(patience);
    const played = page.locator('.seeds button', { hasText: /[✓✗]/ }).first();
    await played.waitFor(patience);
    await page.getByRole('button', { name: 'Cancel' }).click(patience);
    expect(await page.locator('.seeds button').count()).toBe(100);
    expect(await played.getAttribute('aria-label')).toMatch(/^Seed 8: all holds$/);
    await played.click(patience);
    await page.waitForFunction(() => location.hash.includes('seed=8'), undefined, patience);
    await page.close();
  });
});

/** The size of some scripts, as they are sent. */
function sizeOf(names: readonly string[]): number {
  const sizes = names.map((name) => {
    return gzipSync(readFileSync(path.join(directory, name)), { level: 9 }).length;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The hash of the same run in this process, from the sources. */
async function hashInNode(): Promise<string> {
  const plan = { seed: 7, scenario: 'leader-killed', atMs: 2_500, inputs: [] };
  const demo = new SimSupervisor(plan);
  demo.setPlaying('standing');
  while (demo.isBusy) await demo.pump(0, () => true);
  return demo.state.hash;
}

/** Waits until the page says that somebody leads, who is not `before`. */
async function leaderShown(page: Page, before = ''): Promise<string> {
  const shown = await page.waitForFunction(
    (not) => {
      const text = document.querySelector('.strip')?.textContent ?? '';
      const leader = /(n\d) leads/.exec(text)?.[1];
      return leader === not ? undefined : leader;
    },
    before,
    patience,
  );
  return String(await shown.jsonValue());
}

/** The hash of the run, once it is at `time`. */
async function hashAt(page: Page, time: string): Promise<string | null> {
  await page.locator('.sim-bar output', { hasText: time }).waitFor(patience);
  return page.locator('.sim-bar code').textContent();
}
