/** Nodes that come and go, by the wizard of the page, on any cluster. */
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

/** How long anything may take that the page waits for, on a busy machine. */
const patience = { timeout: 120_000 };

/** Adds a node, lets another one lead, takes a snapshot, and sends the new node away. */
export async function actOutMembers(page: Page): Promise<void> {
  await page.getByText('5/5').waitFor(patience);
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  const members = page.locator('.members > li');
  await expectCount(members, 5);

  await page.getByRole('button', { name: 'Add a node' }).click();
  const added = rowOf(page, 'n6');
  await added.waitFor(patience);
  await added.getByText(/^member/).waitFor(patience);
  await page.getByText('6/6').waitFor(patience);

  const first = await leaderShown(page);
  const next = first === 'n1' ? 'n2' : 'n1';
  expect(await rowOf(page, first).getByRole('button', { name: 'Lead' }).isDisabled()).toBe(true);
  await rowOf(page, next).getByRole('button', { name: 'Lead' }).click(patience);
  await page.getByText(`${next} leads`).waitFor(patience);
  await rowOf(page, next).getByText('leads;').waitFor(patience);

  await added.getByRole('button', { name: 'Snapshot' }).click(patience);
  await page.getByText('A snapshot of n6 ').waitFor(patience);

  await added.getByRole('button', { name: 'Remove' }).click(patience);
  await added.waitFor({ ...patience, state: 'detached' });
  await page.getByText('5/5').waitFor(patience);
  expect(await page.locator('.toast').count(), 'refusals').toBe(0);
}

function rowOf(page: Page, id: string): Locator {
  return page.locator('.members > li', { has: page.locator('b', { hasText: id }) });
}

async function leaderShown(page: Page): Promise<string> {
  const text = await page
    .getByText(/^n\d leads$/)
    .first()
    .textContent(patience);
  return (text ?? '').slice(0, 2);
}

async function expectCount(found: Locator, count: number): Promise<void> {
  await expect.poll(() => found.count(), patience).toBe(count);
}
