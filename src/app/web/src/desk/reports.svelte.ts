// The queue of the desk: what is listed, what is chosen, and every act on it.
import { Act } from '../lib/api/act';
import { del, get, post } from '../lib/api/client';
import { toProblem, type Problem } from '../lib/api/problem';
import { session } from '../lib/api/session.svelte';
import type { Page, Report, ReportStatus, ReportSummary, ResolvedReport } from '../lib/api/types';
import { Resource } from '../lib/resource.svelte';

export type Lane = 'open' | 'claimed' | 'mine' | 'hidden' | 'closed';

const statusOf: Record<Lane, ReportStatus> = {
  open: 'PENDING', claimed: 'UNDER_REVIEW', mine: 'UNDER_REVIEW', hidden: 'RESOLVED', closed: 'DISMISSED',
};

export interface Filter {
  lane: Lane;
  priority: string;
  reportType: string;
}

export class Desk {
  readonly first = new Resource<Page<Report>>();
  readonly detail = new Resource<Report>();
  list = $state.raw<Report[]>([]);
  cursor = $state<string | null>(null);
  total = $state(0);
  summary = $state.raw<ReportSummary | null>(null);
  chosen = $state<string | null>(null);
  /** The last decision that acted on something, for "u". */
  last = $state.raw<Report | null>(null);
  #act = new Act();
  #filter: Filter = { lane: 'open', priority: '', reportType: '' };

  #query(after: string | null) {
    const f = this.#filter;
    return {
      status: statusOf[f.lane],
      assignedTo: f.lane === 'mine' ? session.user?.id : undefined,
      priority: f.priority || undefined,
      reportType: f.reportType || undefined,
      limit: 50,
      after,
    };
  }

  async load(filter: Filter) {
    this.#filter = filter;
    await this.first.load((signal) => get<Page<Report>>('/api/reports', this.#query(null), signal));
    const page = this.first.value;
    if (!page || this.first.problem) return;
    this.list = page.data;
    this.cursor = page.pagination.nextCursor;
    this.total = page.pagination.total;
    void this.count();
    if (!this.list.some((r) => r.id === this.chosen)) this.chosen = null;
  }

  /** How much waits in each lane; a number less is no harm. */
  async count() {
    this.summary = await get<ReportSummary>('/api/reports/stats/summary').catch(() => this.summary);
  }

  async more() {
    const page = await get<Page<Report>>('/api/reports', this.#query(this.cursor));
    const known = new Set(this.list.map((r) => r.id));
    this.list = [...this.list, ...page.data.filter((r) => !known.has(r.id))];
    this.cursor = page.pagination.nextCursor;
  }

  open(id: string | null) {
    this.chosen = id;
    if (id === null) this.detail.clear();
    else void this.detail.load((signal) => get<Report>(`/api/reports/${id}`, undefined, signal));
  }

  move(by: number) {
    const at = this.list.findIndex((r) => r.id === this.chosen);
    const next = this.list[Math.min(this.list.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    if (next && next.id !== this.chosen) this.open(next.id);
  }

  /** Puts a changed report where it is shown; the content of the detail stays when the answer lacks it. */
  #put(report: Report): Report {
    const old = this.detail.value;
    const whole = old && old.id === report.id ? { ...old, ...report, content: report.content ?? old.content } : report;
    if (old?.id === report.id) this.detail.value = whole;
    this.list = this.list.map((r) => (r.id === report.id ? { ...r, ...report } : r));
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
  async decide(id: string, action: 'NONE' | 'HIDE', resolution: string): Promise<ResolvedReport> {
    const body = { action, resolution };
    const report = await this.#act.run([id, body], (key) => post<ResolvedReport>(`/api/reports/${id}/resolve`, body, key));
    this.#put(report);
    void this.count();
    this.last = report.actionId ? report : null;
    return report;
  }

  async revert(report: Report, reason: string): Promise<void> {
    await this.#act.run([report.actionId, reason], (key) => post<unknown>(`/api/moderation/actions/${report.actionId}/revert`, { reason }, key));
    if (this.last?.id === report.id) this.last = null;
    this.#put({ ...report, actionReverted: true });
    if (this.chosen === report.id) this.open(report.id);
  }

  /** After a conflict: what is true now. */
  async again(problem: unknown): Promise<Problem> {
    const p = toProblem(problem);
    if (p.status === 409 && this.chosen) this.open(this.chosen);
    return p;
  }
}
