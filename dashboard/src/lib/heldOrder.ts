import { useRef } from 'react';
import { useReader } from './reader';

/** The order to show while a reader is in the list: what stood keeps its place, what left leaves, what came is last. */
export function keepOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const there = new Set(wanted);
  const kept = shown.filter((key) => there.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}

/** Nothing moves under a reader: the order is held while one is in the list, and applied when they have left. */
export function useHeldOrder<E extends HTMLElement>(wanted: readonly string[]) {
  const { reading: held, hold } = useReader<E>(wanted);
  const shown = useRef<readonly string[]>(wanted);
  shown.current = held ? keepOrder(shown.current, wanted) : wanted;
  const order = shown.current;
  const waiting = held && order.some((key, index) => key !== wanted[index]);
  return {
    order,
    /** The order shown is not the order wanted. */
    waiting,
    /** Spread onto the list. */
    hold,
  };
}
