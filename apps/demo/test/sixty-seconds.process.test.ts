/** The first minute of somebody at the page, in a real browser, on both runtimes. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { writeStaticPage } from '../src/supervisor/static-page.ts';
import { actOutFirstMinute } from './support/first-minute.ts';
import { RealDemo } from './support/real-demo.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isBrowserMissing = !existsSync(executablePath);
if (isBrowserMissing) console.warn('no Chromium here: the first minute is not acted out');

/** Far more than a minute: what is asserted is what happens, not how fast it is here. */
const testMs = 400_000;

describe.skipIf(isBrowserMissing)('the first minute', () => {
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(() => {
    errors.length = 0;
  });
  afterEach(async () => {
    await context?.close();
  });

  /** A page of somebody who was never here before. */
  async function opened(address: string): Promise<Page> {
    context = await browser?.newContext({ viewport: { width: 1_440, height: 1_000 } });
    const page = await context?.newPage();
    if (page === undefined) throw new Error('expected a browser');
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(address, { timeout: 120_000 });
    return page;
  }

  test(
    'on real processes',
    async () => {
      const demo = await RealDemo.start(undefined, '--nodes', '5', '--load', '40');
      try {
        const page = await opened(demo.dashboard);
        await actOutFirstMinute(page, 'live');
        expect(errors).toEqual([]);
      } finally {
        await demo.dispose();
      }
    },
    testMs,
  );

  test(
    'without a server',
    async () => {
      const directory = mkdtempSync(path.join(tmpdir(), 'corkboard-minute-'));
      try {
        await writeStaticPage(directory);
        const address = pathToFileURL(path.join(directory, 'index.html')).href;
        const page = await opened(`${address}#cluster?seed=7`);
        await actOutFirstMinute(page, 'sim');
        expect(errors).toEqual([]);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    testMs,
  );
});
