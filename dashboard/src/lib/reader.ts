import { useEffect, useRef, useState, type FocusEvent } from 'react';

/**
 * Whether someone reads in an element: the pointer is in it, or a focus that shows. The focus that a click leaves behind does
 * not show, and stays long after the reader has gone.
 *
 * @param content what is in the element, to look again when it changes
 */
export function useReader<E extends HTMLElement>(content: unknown) {
  const ref = useRef<E>(null);
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  // What is removed under a pointer or with the focus sends neither a leave nor a blur.
  useEffect(() => {
    if (pointer && !ref.current?.matches(':hover')) {
      setPointer(false);
    }
    if (focus && !ref.current?.contains(document.activeElement)) {
      setFocus(false);
    }
  }, [content, pointer, focus]);
  return {
    reading: pointer || focus,
    /** Spread onto the element. */
    hold: {
      ref,
      onPointerEnter: () => setPointer(true),
      onPointerLeave: () => setPointer(false),
      onFocus: (event: FocusEvent) => setFocus(event.target.matches(':focus-visible')),
      onBlur: (event: FocusEvent) => setFocus(event.currentTarget.contains(event.relatedTarget)),
    },
  };
}
