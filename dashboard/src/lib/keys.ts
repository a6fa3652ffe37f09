import { useLayoutEffect, useRef } from 'react';

/** Handles single keys, unless someone is typing or a dialog asks for something. True means it was handled. */
export function useKeys(handle: (key: string, event: KeyboardEvent) => boolean): void {
  const latest = useRef(handle);
  latest.current = handle;
  // Before it is painted: a key that follows what one sees must not be lost.
  useLayoutEffect(() => {
    const heard = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.closest('input, textarea, select, [contenteditable]') !== null;
      const pressing = event.key === ' ' && target.closest('button, a, summary') !== null;
      if (typing || pressing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
        return;
      }
      if (document.querySelector('dialog[open].modal') && event.key !== 'Escape') {
        return;
      }
      if (latest.current(event.key, event)) {
        event.preventDefault();
      }
    };
    addEventListener('keydown', heard);
    return () => removeEventListener('keydown', heard);
  }, []);
}
