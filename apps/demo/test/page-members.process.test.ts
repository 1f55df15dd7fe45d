/** Members of the cluster, changed by somebody at the page, in a real browser, on both runtimes. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { writeStaticPage } from '../src/supervisor/static-page.ts';
import { actOutMembers } from './support/page-members.ts';
import { RealDemo } from './support/real-demo.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isBrowserMissing = !existsSync(executablePath);
if (isBrowserMissing) console.warn('no Chromium here: members are not changed by the page');

describe.skipIf(isBrowserMissing)('the wizard of members', { timeout: 400_000 }, () => {
  let browser: Browser | undefined;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function opened(address: string): Promise<Page> {
    const page = await browser?.newPage({ viewport: { width: 1_440, height: 900 } });
    if (page === undefined) throw new Error('expected a browser');
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(address, { timeout: 120_000 });
    return page;
  }

  test('on real processes', async () => {
    const demo = await RealDemo.start(undefined, '--nodes', '5');
    try {
      await actOutMembers(await opened(demo.dashboard));
      expect(errors).toEqual([]);
    } finally {
      await demo.dispose();
    }
  });

  test('without a server', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'corkboard-members-'));
    try {
      await writeStaticPage(directory);
      const address = pathToFileURL(path.join(directory, 'index.html')).href;
      await actOutMembers(await opened(`${address}#cluster?seed=7`));
      expect(errors).toEqual([]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
