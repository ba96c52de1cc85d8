// The name of the page in the tab.
import { instance } from './instance.svelte';

export function setTitle(name: string) {
  document.title = name ? `${name} · ${instance.name}` : instance.name;
}
