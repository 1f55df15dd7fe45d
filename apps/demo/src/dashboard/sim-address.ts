/** The address of a page whose cluster is simulated: it says the run, behind the screen's name. */
import { signal } from '@preact/signals';

/** Whether the address was copied a moment ago. */
export const hasCopied = signal(false);

let lastWritten = '';

/** Opens the run in the address, unless it is the one that is played or was written there. */
export function openAddress(link: string | undefined, open: (link: string) => void): void {
  const { hash } = location;
  if (!hash.includes('?') || hash.endsWith(`?${link ?? ''}`) || hash === lastWritten) return;
  open(hash);
}

/** Writes a run into the address. */
export function writeAddress(link: string): void {
  const [screen] = location.hash.split('?');
  lastWritten = `${screen === '' ? '#cluster' : (screen ?? '')}?${link}`;
  history.replaceState(history.state, '', lastWritten);
}

/** Writes a run into the address, and copies that. */
export async function copyAddress(link: string): Promise<void> {
  writeAddress(link);
  try {
    await navigator.clipboard.writeText(location.href);
    hasCopied.value = true;
    setTimeout(() => {
      hasCopied.value = false;
    }, 1_500);
  } catch {
    // Not allowed here; the address bar has it now.
  }
}
