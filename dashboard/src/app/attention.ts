import { setting } from '../lib/settings';

/** Off until someone wants them. */
export const sound = setting('sound', 'off');
export const notices = setting('notices', 'off');
