/**
 * Question: does the page draw 60 frames a second with five nodes at 200 messages a second, and
 * does it show itself within a second?
 *
 *     node --conditions=@quorate/source apps/demo/bench/frames.ts [seconds]
 *
 * On both runtimes, in Chromium: first paint, the time between frames, and how long the main thread
 * of the page was busy for each of them, which says what it would need on a machine of its own. One
 * JSON object a line; what else the machine had to do stands beside it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, chromium, type Page } from 'playwright';

import { writeStaticPage } from '../src/supervisor/static-page.ts';
import { RealDemo } from '../test/support/real-demo.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const seconds = Number(process.argv[2] ?? 10);
if (!(seconds >= 1 && seconds <= 600)) {
  throw new RangeError(`seconds: expected 1..600, got ${process.argv[2] ?? ''}`);
}
/** Frames come every 16.7 ms; later than this, one was left out. */
const frameMsMax = 17;

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  await measureStatic(browser);
  await measureLive(browser);
} finally {
  await browser.close();
}

async function measureStatic(opened: Browser): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'corkboard-frames-'));
  try {
    await writeStaticPage(directory);
    const address = pathToFileURL(path.join(directory, 'index.html')).href;
    await measure(opened, 'simulated', `${address}#cluster?seed=1`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureLive(opened: Browser): Promise<void> {
  const demo = await RealDemo.start(undefined, '--nodes', '5', '--load', '20');
  try {
    await measure(opened, 'processes', demo.dashboard);
  } finally {
    await demo.dispose();
  }
}

async function measure(opened: Browser, runtime: string, address: string): Promise<void> {
  const page = await opened.newPage({ viewport: { width: 1_440, height: 900 } });
  await page.goto(address);
  await page.locator('.node.leader').waitFor({ timeout: 120_000 });
  // The load of the simulated cluster begins two seconds after it.
  await page.waitForTimeout(3_000);
  const busyMs = await busyMeter(page);
  const times = await frameTimes(page, seconds * 1_000);
  const busy = await busyMs();
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  const sorted = gaps.toSorted((left, right) => left - right);
  const quantile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? 0;
  const late = gaps.filter((gap) => gap > frameMsMax).length;
  const report = {
    runtime,
    firstPaintMs: Math.round(await firstPaintMs(page)),
    messages: await page.locator('.ring-note').textContent(),
    frames: gaps.length,
    framesPerSecond: round(gaps.length / seconds),
    p50Ms: round(quantile(0.5)),
    p95Ms: round(quantile(0.95)),
    shareLate: round(late / gaps.length),
    busyMsPerFrame: round(busy / gaps.length),
    machine: { cores: cpus().length, loadAverage: round(loadavg()[0] ?? 0) },
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  await page.close();
}

/** When each frame began, on the clock of the page. */
function frameTimes(page: Page, durationMs: number): Promise<readonly number[]> {
  return page.evaluate(
    (untilMs) =>
      new Promise<readonly number[]>((resolve) => {
        const seen: number[] = [];
        requestAnimationFrame(function note(atMs) {
          seen.push(atMs);
          if (atMs - (seen[0] ?? atMs) < untilMs) requestAnimationFrame(note);
          else resolve(seen);
        });
      }),
    durationMs,
  );
}

/** Tells how long the main thread of a page has been computing since then, in ms. */
async function busyMeter(page: Page): Promise<() => Promise<number>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  };
  const before = await read();
  return async () => (await read()) - before;
}

function firstPaintMs(page: Page): Promise<number> {
  return page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
