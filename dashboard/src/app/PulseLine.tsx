import { useEffect, useRef } from 'react';
import { AMBER_MS, onBeat, RED_MS, useLiveSource } from '@agentpulse/react';
import { colorOf } from '../lib/color';

const WIDTH = 132;
const HEIGHT = 22;
const SAMPLES = 60;

/** The age of the data over the last fifteen seconds: a quiet line while all is well, a slope when ticks stay away. */
export function PulseLine() {
  const live = useLiveSource();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ages: (number | null)[] = [];
    const calm = matchMedia('(prefers-reduced-motion: reduce)');
    let skipped = 0;
    const draw = () => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context || document.hidden) {
        return;
      }
      ages.push(live.freshness().ageMs);
      ages.splice(0, Math.max(0, ages.length - SAMPLES));
      // Reduced motion: a still picture, changed every two seconds.
      skipped = calm.matches ? (skipped + 1) % 8 : 0;
      if (skipped !== 0) {
        return;
      }
      const scale = devicePixelRatio || 1;
      if (element.width !== WIDTH * scale) {
        element.width = WIDTH * scale;
        element.height = HEIGHT * scale;
      }
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      const now = ages.at(-1) ?? null;
      const tone = now === null ? '--text-muted' : now > RED_MS ? '--bad' : now > AMBER_MS ? '--warn' : '--good';
      context.strokeStyle = colorOf(tone);
      context.lineWidth = 1.5;
      context.lineJoin = 'round';
      context.beginPath();
      ages.forEach((age, index) => {
        const x = WIDTH - 3 - ((ages.length - 1 - index) * (WIDTH - 4)) / (SAMPLES - 1);
        // The first second takes half of the height: that is where a healthy pipeline lives.
        const share = age === null ? 0 : age < 1_000 ? age / 2_000 : Math.min(1, 0.5 + (age - 1_000) / 8_000);
        const y = HEIGHT - 3 - share * (HEIGHT - 6);
        context[index === 0 ? 'moveTo' : 'lineTo'](x, y);
      });
      context.stroke();
    };
    return onBeat(draw);
  }, [live]);
  return <canvas ref={canvas} className="pulse-line" style={{ width: WIDTH, height: HEIGHT }} title="Age of the data, last 15 seconds" aria-hidden="true" />;
}
