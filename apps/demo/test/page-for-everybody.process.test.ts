/**
 * The page for those who have no mouse, want less motion, or see other colours. In a real browser,
 * on the page without a server.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { screens } from '../src/dashboard/navigation/screens.ts';
import { writeStaticPage } from '../src/supervisor/static-page.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isBrowserMissing = !existsSync(executablePath);
if (isBrowserMissing) console.warn('no Chromium here: nobody looks at the page');

/** How long anything may take that the page waits for, on a busy machine. */
const patience = { timeout: 120_000 };
/** More than any screen has. */
const TABS_MAX = 300;

describe.skipIf(isBrowserMissing)('the page', { timeout: 300_000 }, () => {
  let browser: Browser | undefined;
  let directory = '';
  const errors: string[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'corkboard-everybody-'));
    await writeStaticPage(directory);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    expect(errors.splice(0)).toEqual([]);
  });

  /** A page of somebody who knows it already, with a leader. */
  async function opened(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser?.newContext({
      ...{ viewport: { width: 1_440, height: 900 } },
      ...options,
    });
    if (context === undefined) throw new Error('expected a browser');
    await context.addInitScript(() => localStorage.setItem('corkboard-hints', 'done'));
    await context.addInitScript(countPaints);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => errors.push(message));
    const address = pathToFileURL(path.join(directory, 'index.html')).href;
    await page.goto(`${address}#cluster?seed=7`, patience);
    await page.getByText(/^n\d leads$/).waitFor(patience);
    return page;
  }

  test('all tools are used by keys alone', async () => {
    const page = await opened();
    const chip = (text: string | RegExp) =>
      page.locator('.fault-chips li', { hasText: text }).first().waitFor(patience);
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const isIn = (state: string, id: string) =>
      page.locator(`.node.${state}[data-node=${id}]`).waitFor(patience);
    await press('k', '5');
    await isIn('stopped', 'n5');
    await press('k', '5');
    await page.getByText('5/5').waitFor(patience);
    await press('z', '4');
    await isIn('paused', 'n4');
    await press('z', '4');
    await page.getByText('5/5').waitFor(patience);
    await press('l', '1', '2');
    await chip('n1');
    await press('d', '1', '3', 'u', '2', '3');
    await chip(/20/);
    await press('c', '5');
    await chip(/n5.*clock|clock.*n5/i);
    await press('f', '4');
    await chip(/n4.*disk|disk.*n4/i);
    await press('x', '1', '2');
    await page.locator('.node.chosen').nth(1).waitFor(patience);
    await page.locator('[data-node=n2]').focus();
    await press('Enter');
    await page.locator('.link.cut').first().waitFor(patience);
    await press('h');
    await page.getByText('Nothing is wrong.').waitFor(patience);
    await press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor(patience);
    await press('Escape');
  });

  test('whatever can be pressed is reached by Tab, and is seen to be', async () => {
    const page = await opened();
    // What comes and goes by itself would be reached, or not, by chance.
    await page.locator('.sim-bar .play').click(patience);
    for (const { id, key } of screens) {
      // Where letters are typed they are no keys.
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.locator(`main.on-${id} .panel:not(.later)`).first().waitFor(patience);
      const { unreached, unseen } = await tabbedThrough(page);
      expect({ id, unreached, unseen }).toEqual({ id, unreached: [], unseen: [] });
    }
  });

  test('moves nothing for who wants no motion, and counts instead', async () => {
    const [still, moving] = [await opened({ reducedMotion: 'reduce' }), await opened()];
    const paints = (page: Page) => page.evaluate(() => globalThis.paintCount);
    await still
      .getByText(/messages\/s, not drawn: your system asks for less motion/)
      .waitFor(patience);
    await expect.poll(() => paints(moving), patience).toBeGreaterThan(60);
    const [before, secondsBefore] = [await paints(still), await ages(still)];
    await expect.poll(async () => (await ages(still)) - secondsBefore, patience).toBeGreaterThan(3);
    const seconds = (await ages(still)) - secondsBefore;
    // One picture a second, for what is told by numbers.
    expect(((await paints(still)) ?? 0) - (before ?? 0)).toBeLessThanOrEqual(seconds + 2);
  });

  test('has one ink where the system has its own colours', async () => {
    const page = await opened({ forcedColors: 'active' });
    await page.keyboard.press('k');
    const tool = page.locator('[data-tool=kill]');
    expect(await tool.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    const inks = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const names = ['--good', '--warn', '--bad', '--leader', '--follower', '--ink'];
      return [...new Set(names.map((name) => style.getPropertyValue(name).trim()))];
    });
    expect(inks).toHaveLength(1);
  });
});

declare global {
  /** How often the ring's messages were drawn. */
  var paintCount: number | undefined;
}

/** Runs in the page, before its scripts. */
function countPaints(): void {
  const { clearRect } = CanvasRenderingContext2D.prototype;
  globalThis.paintCount = 0;
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    if (this.canvas.closest('.ring') !== null)
      globalThis.paintCount = (globalThis.paintCount ?? 0) + 1;
    clearRect.apply(this, area);
  };
}

/** How long the page has been open, in seconds. */
function ages(page: Page): Promise<number> {
  return page.evaluate(() => performance.now() / 1_000);
}

/** Presses Tab until it comes round. Names what it never came to, and what did not show it. */
async function tabbedThrough(
  page: Page,
): Promise<{ readonly unreached: readonly string[]; readonly unseen: readonly string[] }> {
  await page.evaluate(() => {
    for (const tabbed of document.querySelectorAll('[data-tabbed]')) {
      tabbed.removeAttribute('data-tabbed');
    }
  });
  const unseen = new Set<string>();
  for (let count = 0; count < TABS_MAX; count += 1) {
    await page.keyboard.press('Tab');
    const state = await page.evaluate(() => {
      const element = document.activeElement;
      // Beyond the last one is the browser itself.
      if (element === null || element === document.body) return 'seen';
      if (element.hasAttribute('data-tabbed')) return 'round';
      element.setAttribute('data-tabbed', '');
      // Nodes and choices show it on a part of theirs, files on what is around them.
      const shows = [element, ...element.querySelectorAll('.halo')];
      if (element.nextElementSibling !== null) shows.push(element.nextElementSibling);
      if (element.parentElement !== null) shows.push(element.parentElement);
      const isSeen = shows.some((each) => {
        const { outlineStyle, stroke } = getComputedStyle(each);
        return outlineStyle !== 'none' || (each.matches('.halo') && stroke !== 'none');
      });
      return isSeen ? 'seen' : element.outerHTML.slice(0, 120);
    });
    if (state === 'round') break;
    if (state !== 'seen') unseen.add(state);
  }
  const unreached = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>(
      'main :is(button, a[href], input, select, textarea, summary, [tabindex="0"]), footer button',
    );
    return (
      [...all]
        .filter((element) => !element.matches(':disabled, [tabindex="-1"], [data-tabbed]'))
        .filter((element) => element.checkVisibility())
        // Of choices that exclude each other the arrows reach the others.
        .filter((element) => !element.matches('input[type=radio]'))
        .map((element) => element.outerHTML.slice(0, 120))
    );
  });
  return { unreached, unseen: [...unseen] };
}
