// Putting a text on the clipboard; where the browser forbids that, the text is shown to be copied by hand.
import { toast } from './say.svelte';

export async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast(text);
  }
}
