/** Short notices at the foot of the page, with at most one thing to do about them. */
export interface Notice {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
  forMillis: number;
}

let nextId = 1;
let notices: readonly Notice[] = [];
const listeners = new Set<() => void>();

function show(next: readonly Notice[]): void {
  notices = next;
  listeners.forEach((listener) => listener());
}

export function notify(text: string, action?: Notice['action'], forMillis = 10_000): void {
  const id = nextId++;
  show([...notices.slice(-2), { id, text, forMillis, ...(action ? { action } : {}) }]);
  setTimeout(() => dismiss(id), forMillis);
}

export function dismiss(id: number): void {
  show(notices.filter((notice) => notice.id !== id));
}

export function subscribeNotices(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const getNotices = (): readonly Notice[] => notices;
