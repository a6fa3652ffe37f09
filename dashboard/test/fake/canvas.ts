import { vi } from 'vitest';

export interface Drawn {
  /** What was written since the last look, with where. */
  texts: { text: string; x: number; y: number }[];
  /** The points of each line. */
  paths: [x: number, y: number][][];
}

/** What charts need of a browser and a test without one has not; what they draw is kept to look at. */
export function recordCanvas(width = 600, height = 200): Drawn {
  const drawn: Drawn = { texts: [], paths: [] };
  const state: Record<string | symbol, unknown> = {
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillText: (text: string, x: number, y: number) => void drawn.texts.push({ text, x, y }),
  };
  const context = new Proxy(state, { get: (target, name) => (name in target ? target[name] : () => undefined), set: (target, name, value) => ((target[name] = value), true) });
  class RecordedPath {
    private readonly points: [number, number][] = [];
    constructor() {
      drawn.paths.push(this.points);
    }
    moveTo(x: number, y: number): void {
      this.points.push([x, y]);
    }
    lineTo(x: number, y: number): void {
      this.points.push([x, y]);
    }
    rect(): void {}
    closePath(): void {}
    addPath(): void {}
  }
  class Never {
    observe(): void {}
    disconnect(): void {}
  }
  vi.stubGlobal('Path2D', RecordedPath);
  vi.stubGlobal('ResizeObserver', Never);
  vi.stubGlobal('IntersectionObserver', Never);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as never);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(width);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(height);
  return drawn;
}
