// The queue of the desk: what is listed, what is chosen, and every act on it.
import { Act } from '../lib/api/act';
import { del, get, post } from '../lib/api/client';
import { toProblem, type Problem } from '../lib/api/problem';
import { session } from '../lib/api/session.svelte';
import type { Decision, ModerationAction, Page, Report, ReportStatus, ReportSummary, ResolvedReport } from '../lib/api/types';
import { PagedList } from '../lib/list.svelte';
import { on, tell } from '../lib/news';
import { Resource } from '../lib/resource.svelte';
import { keep, personal, recall } from '../lib/storage';

export const lanes = ['open', 'claimed', 'mine', 'hidden', 'closed'] as const;
export type Lane = (typeof lanes)[number];

const statusOf: Record<Lane, ReportStatus> = {
  open: 'PENDING',
  claimed: 'UNDER_REVIEW',
  mine: 'UNDER_REVIEW',
  hidden: 'RESOLVED',
  closed: 'DISMISSED',
};

export interface Filter {
  lane: Lane;
  priority: string;
  reportType: string;
}

/** What was done about a report, by whom and how it was taken back: looked for among the last ones, nothing answers for a single one. */
export async function actionOf(id: string, signal?: AbortSignal): Promise<ModerationAction | null> {
  for (let after: string | null = null, left = 5; left > 0; left--) {
    const page: Page<ModerationAction> = await get('/api/moderation/actions', { limit: 100, after }, signal);
    const found = page.data.find((action) => action.id === id);
    after = page.pagination.nextCursor;
    if (found || after === null) return found ?? null;
  }
  return null;
}

const decidedName = () => personal('decided', session.user?.id);

export class Desk {
  readonly list = new PagedList<Report>();
  readonly detail = new Resource<Report>();
  summary = $state.raw<ReportSummary | null>(null);
  /** The last decision that acted on something, for "u". */
  last = $state.raw<Report | null>(null);
  #act = new Act();

  load({ lane, priority, reportType }: Filter): Promise<void> {
    void this.count();
    return this.list.open(`desk/${lane}/${priority}/${reportType}`, (after, signal) =>
      get<Page<Report>>(
        '/api/reports',
        {
          status: statusOf[lane],
          assignedTo: lane === 'mine' ? session.user?.id : undefined,
          priority: priority || undefined,
          reportType: reportType || undefined,
          limit: 50,
          after,
        },
        signal,
      ),
    );
  }

  /** How much waits in each lane; a number less is no harm. */
  async count() {
    this.summary = await get<ReportSummary>('/api/reports/stats/summary').catch(() => this.summary);
  }

  /** Keeps up with what the same person does in another tab. */
  hears(): () => void {
    return on('report', undefined, async ({ id }, elsewhere) => {
      if (!elsewhere) return;
      void this.count();
      await this.list.look();
      const now = await get<Report>(`/api/reports/${id}`).catch(() => null);
      if (!now) return;
      this.list.change(id, () => now);
      if (this.detail.value?.id === id) this.detail.put(now);
    });
  }

  open(id: string | null): Promise<void> {
    if (id !== null) return this.detail.load((signal) => get<Report>(`/api/reports/${id}`, undefined, signal));
    this.detail.clear();
    return Promise.resolve();
  }

  /** The report before or after this one in the list, or the first. */
  beside(id: string | null, by: number): Report | undefined {
    const { items } = this.list;
    const at = items.findIndex((r) => r.id === id);
    return at < 0 ? items[0] : items[at + by];
  }

  /** Puts a changed report where it is shown; the content of the detail stays when the answer lacks it. */
  #put(report: Report): Report {
    const old = this.detail.value;
    const whole = old && old.id === report.id ? { ...old, ...report, content: report.content ?? old.content } : report;
    if (old?.id === report.id) this.detail.value = whole;
    this.list.change(report.id, (r) => ({ ...r, ...report }));
    tell({ what: 'report', id: report.id });
    return whole;
  }

  async claim(id: string): Promise<Report> {
    return this.#put(await this.#act.run(['assign', id], (key) => post<Report>(`/api/reports/${id}/assign`, {}, key)));
  }

  async giveBack(report: Report): Promise<void> {
    await del(`/api/reports/${report.id}/assign`);
    this.#put({ ...report, assignedTo: null, status: 'PENDING' });
  }

  /** `alsoResolved` says how many more reports about the same thing were closed with it. */
  async decide(id: string, action: Decision, resolution: string): Promise<ResolvedReport> {
    const body = { action, resolution };
    const report = await this.#act.run([id, body], (key) => post<ResolvedReport>(`/api/reports/${id}/resolve`, body, key));
    const whole = this.#put(report);
    void this.count();
    this.last = report.actionId ? whole : null;
    keep(decidedName(), report.actionId ? id : null);
    return report;
  }

  /** The last decision of this person in this browser that can still be undone, also one of an earlier page. */
  async undoable(): Promise<Report | null> {
    if (this.last) return this.last;
    const id = recall<string>(decidedName());
    const report = id ? await get<Report>(`/api/reports/${id}`).catch(() => null) : null;
    return report?.actionId && !report.actionReverted ? report : null;
  }

  async revert(report: Report, reason: string): Promise<void> {
    await this.#act.run([report.actionId, reason], (key) =>
      post<unknown>(`/api/moderation/actions/${report.actionId}/revert`, { reason }, key),
    );
    if (this.last?.id === report.id) this.last = null;
    this.#put({ ...report, actionReverted: true });
  }

  /** After a conflict: what is true now. */
  async again(thrown: unknown): Promise<Problem> {
    const problem = toProblem(thrown);
    if (problem.status === 409 && this.detail.value) await this.open(this.detail.value.id);
    return problem;
  }
}
