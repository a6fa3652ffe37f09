import { useRef, useState, type FocusEvent } from 'react';

/** The order to show while a reader is in the list: what stood keeps its place, what left leaves, what came is last. */
export function keepOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const there = new Set(wanted);
  const kept = shown.filter((key) => there.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}

/** Nothing moves under a pointer or a focus: the order is held while either is inside, and applied when both have left. */
export function useHeldOrder(wanted: readonly string[]) {
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  const shown = useRef<readonly string[]>(wanted);
  const held = pointer || focus;
  shown.current = held ? keepOrder(shown.current, wanted) : wanted;
  const order = shown.current;
  const waiting = held && order.some((key, index) => key !== wanted[index]);
  return {
    order,
    /** The order shown is not the order wanted. */
    waiting,
    /** Spread onto the list. */
    hold: {
      onPointerEnter: () => setPointer(true),
      onPointerLeave: () => setPointer(false),
      onFocus: () => setFocus(true),
      onBlur: (event: FocusEvent) => setFocus(event.currentTarget.contains(event.relatedTarget)),
    },
  };
}
