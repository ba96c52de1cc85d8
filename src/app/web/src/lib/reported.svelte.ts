// What a person has reported in this tab.
import { SvelteSet } from 'svelte/reactivity';
import { session } from './api/session.svelte';
import type { ReportedKind } from './api/types';

const things = new SvelteSet<string>();
const named = (kind: ReportedKind, id: string) => `${session.user?.id}/${kind}/${id}`;

export const reported = (kind: ReportedKind, id: string) => things.has(named(kind, id));
export const setReported = (kind: ReportedKind, id: string) => void things.add(named(kind, id));
