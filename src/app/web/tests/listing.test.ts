// A list that remembers itself: what it shows of an earlier time, and what becomes of it.
import { expect, it, vi } from 'vitest';
import './page';
import type { Page } from '../src/lib/api/types';
import { PagedList } from '../src/lib/list.svelte';

const page = (...ids: string[]) =>
  ({ data: ids.map((id) => ({ id })), pagination: { total: ids.length, nextCursor: null } }) as unknown as Page<{ id: string }>;

async function twice(before: string[], now: string[]) {
  const [first, second] = [page(...before), page(...now)];
  const key = `${before}/${now}`;
  await new PagedList<{ id: string }>().open(key, async () => first);
  const list = new PagedList<{ id: string }>();
  void list.open(key, async () => second);
  expect(list.items).toEqual(first.data);
  await vi.waitFor(() => expect(list.total).toBe(now.length));
  return [list.items.map(({ id }) => id), list.newer !== null];
}

it('fills a list that was empty at once', async () => expect(await twice([], ['1', '2'])).toEqual([['1', '2'], false]));
it('keeps new rows waiting where others are read', async () => expect(await twice(['1'], ['2', '1'])).toEqual([['1'], true]));
