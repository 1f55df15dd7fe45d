/** The first minute of somebody at the page, by keys and pointer only, on any cluster. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

const screens = path.join(import.meta.dirname, '../../../../.reports/screens');

/** How long anything may take that the page waits for, on a busy machine. */
const patience = { timeout: 90_000 };

/** A point of the page. */
interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Acts it out; leaves pictures that begin with `name` in `.reports/screens`, also of a failure. */
export async function actOutFirstMinute(page: Page, name: string): Promise<void> {
  mkdirSync(screens, { recursive: true });
  let shotCount = 0;
  const show = async (what: string): Promise<void> => {
    shotCount += 1;
    const file = path.join(screens, `${name}-${shotCount}-${what}.png`);
    await page.screenshot({ path: file, ...patience });
  };
  try {
    await actOut(page, show);
  } catch (error) {
    await show('failed');
    throw error;
  }
}

async function actOut(page: Page, show: (what: string) => Promise<void>): Promise<void> {
  const first = await leaderShown(page);
  await page.getByText('5/5').waitFor(patience);
  await page.locator('.pill.good').waitFor(patience);
  await hint(page, 'Press K');
  await show('five-nodes');

  await page.keyboard.press('k');
  await nodeMark(page, first).click();
  await page.getByText('4/5').waitFor(patience);
  await show('the-leader-died');
  const second = await leaderShown(page, first);
  await show('another-leads');
  await hint(page, 'Press H');
  await page.keyboard.press('h');
  await page.getByText('5/5').waitFor(patience);

  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await createBoard(page, 'Checkout is down');
  await page.keyboard.press('g');
  await page.keyboard.press('c');

  await hint(page, 'Press X');
  const [one, other] = neighboursWithout(second);
  await page.keyboard.press('x');
  await drawBetween(page, one, other);
  await page.locator('.link.cut').first().waitFor(patience);
  await page.getByText('no quorum: keys read-only').first().waitFor(patience);
  await show('cut-in-two');

  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await hint(page, 'another status');
  await client(page, 'Ann').getByRole('combobox').selectOption(one);
  await client(page, 'Bob').getByRole('combobox').selectOption(second);
  await client(page, 'Ann').getByText('identified', { exact: true }).click();
  await client(page, 'Bob').getByText('resolved', { exact: true }).click();
  await page.getByText(/copies, \d different/).waitFor(patience);
  await show('edits-on-both-sides');

  await page.keyboard.press('h');
  await nodesAgree(page);
  const why = page.getByRole('button', { name: 'who wins, and why?' }).first();
  await why.waitFor(patience);
  await why.click();
  await hint(page, 'become equal');
  await page.locator('.pill.good').waitFor(patience);
  await show('one-again');

  await page.locator('.coach').getByRole('button', { name: 'See the lines' }).click();
  await page.locator('.source mark').getByText('createNode').waitFor(patience);
  await show('the-lines');
  await page.locator('.source').getByRole('button', { name: 'Close' }).click();
  await page.locator('.coach').getByRole('button', { name: 'Done' }).click();
  await page.reload();
  await page.getByText(/^n\d leads$/).waitFor(patience);
  expect(await page.locator('.coach').count(), 'hints that were ended').toBe(0);
}

/** Who leads, as the page shows it: somebody else than `before`. */
async function leaderShown(page: Page, before?: string): Promise<string> {
  const leaders = page.locator('.node.leader .name');
  const other = before === undefined ? leaders : leaders.filter({ hasNotText: before });
  await other.first().waitFor(patience);
  return ((await other.first().textContent()) ?? '').trim();
}

/** Waits until three nodes have the same of the board that is open. */
async function nodesAgree(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const chips = [...document.querySelectorAll('.replica-chips li')];
      const nodes = chips.filter((chip) => /^n\d/.test(chip.textContent));
      const digests = new Set(nodes.map((chip) => chip.querySelector('code')?.textContent));
      return nodes.length === 3 && digests.size === 1;
    },
    undefined,
    patience,
  );
}

function hint(page: Page, words: string): Promise<void> {
  return page.locator('.coach', { hasText: words }).waitFor(patience);
}

function nodeMark(page: Page, id: string): Locator {
  return page.locator(`[data-node=${id}] .body`);
}

function client(page: Page, who: string): Locator {
  return page.getByRole('region', { name: who });
}

/** Makes a board; again, if nobody could say whether it was made. */
async function createBoard(page: Page, title: string): Promise<void> {
  await page.getByLabel('Title of a new board').fill(title);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('button', { name: title, exact: true }).waitFor(patience);
  await page.getByText('5 copies are equal').waitFor(patience);
}

/** Two nodes side by side, the leader not among them. */
function neighboursWithout(leader: string): readonly [string, string] {
  const ids = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const at = (ids.indexOf(leader) + 1) % ids.length;
  return [ids[at] ?? '', ids[(at + 1) % ids.length] ?? ''];
}

/** Draws a line that has two nodes on one side and the others on the other. */
async function drawBetween(page: Page, one: string, other: string): Promise<void> {
  const ids = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const all = await Promise.all(ids.map((id) => middleOf(nodeMark(page, id))));
  const [left, right] = [one, other].map((id) => all[ids.indexOf(id)]);
  if (left === undefined || right === undefined) throw new Error(`expected ${one} and ${other}`);
  const center = mean(all);
  const inward = between(mean([left, right]), center, 0.5);
  const half = { x: (right.x - left.x) * 0.4, y: (right.y - left.y) * 0.4 };
  await page.mouse.move(inward.x - half.x, inward.y - half.y);
  await page.mouse.down();
  await page.mouse.move(inward.x, inward.y, { steps: 5 });
  await page.mouse.move(inward.x + half.x, inward.y + half.y, { steps: 5 });
  await page.mouse.up();
}

async function middleOf(place: Locator): Promise<Spot> {
  const box = await place.boundingBox();
  if (box === null) throw new Error('expected to see it');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function mean(spots: readonly Spot[]): Spot {
  const sum = spots.reduce((left, right) => ({ x: left.x + right.x, y: left.y + right.y }));
  return { x: sum.x / spots.length, y: sum.y / spots.length };
}

function between(from: Spot, to: Spot, share: number): Spot {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
