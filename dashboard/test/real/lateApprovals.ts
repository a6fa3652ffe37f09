import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Postgres } from './postgres';

/** Little else happens in this channel, and the page keeps the last lines of each, so none of ours is pushed out. */
export const QUIET_FEED = '?feed=sla_breach_stream';
const ROWS = 3;
const SHOWN_MS = 60_000;
/** What comes twice may come late. */
const TWICE_MS = 1_500;

/** Approvals that are late when they are asked for: each is a line of the feed, and one more that waits. */
export class LateApprovals {
  private readonly names: string[] = [];

  constructor(
    private readonly postgres: Postgres,
    private readonly prefix: string,
  ) {}

  async commit(): Promise<void> {
    const names = Array.from({ length: ROWS }, (_, index) => `${this.prefix}-${this.names.length + index}`);
    await this.query(`INSERT INTO agent_approvals (conversation_id, status, created_at) SELECT n, 'pending', now() - interval '6 minutes' FROM unnest($1::text[]) n`, names);
    this.names.push(...names);
  }

  /** Neither a gap nor a double on the page. */
  async awaitOnceEach(page: Page): Promise<void> {
    const wanted = this.names.toSorted();
    await expect.poll(() => this.shown(page), { timeout: SHOWN_MS, interval: 100 }).toEqual(wanted);
    // Others come and are decided meanwhile, so the two are equal most of the time and not always.
    await expect.poll(async () => (await this.waitingOnPage(page)) - (await this.waitingInTable()), { timeout: SHOWN_MS, interval: 100 }).toBe(0);
    await page.waitForTimeout(TWICE_MS);
    expect(await this.shown(page)).toEqual(wanted);
  }

  /** None is left over for who comes next. */
  async decide(): Promise<void> {
    await this.query(`UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE conversation_id = ANY ($1)`, this.names);
  }

  private async shown(page: Page): Promise<string[]> {
    const lines = await page.$$eval('.feed-line', (all) =>
      all.map((line) => ({ what: line.querySelector('.feed-what')?.textContent, who: line.querySelector('.feed-who')?.textContent ?? '' })),
    );
    return lines
      .filter(({ what, who }) => what === 'Over SLA' && who.startsWith(`${this.prefix}-`))
      .map(({ who }) => who)
      .toSorted();
  }

  private async waitingOnPage(page: Page): Promise<number> {
    const text = await page.textContent('.verdict .figure:has(.figure-label:text-is("Waiting")) .figure-value');
    return Number(text?.replaceAll(',', ''));
  }

  private async waitingInTable(): Promise<number> {
    const [row] = await this.query(`SELECT count(*)::int AS count FROM agent_approvals WHERE status = 'pending'`);
    return Number(row?.count);
  }

  /** By a connection of its own: the one before may have ended with the server. */
  private async query(sql: string, names?: readonly string[]): Promise<Record<string, unknown>[]> {
    const database = await this.postgres.connect();
    try {
      return (await database.query(sql, names && [names])).rows;
    } finally {
      await database.end();
    }
  }
}
