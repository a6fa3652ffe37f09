import { setting } from '../lib/settings';

export const theme = setting('theme', 'auto');

/** auto follows the system. */
export function applyTheme(choice: string): void {
  document.documentElement.style.colorScheme = choice === 'auto' ? 'light dark' : choice;
  dispatchEvent(new Event('agentpulse:theme'));
}
