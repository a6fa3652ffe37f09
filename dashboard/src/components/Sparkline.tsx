interface SparklineProps {
  values: readonly (number | null)[];
  /** The top of the scale is at least so high, so that small noise stays small. */
  least: number;
  limit?: number;
  /** How many steps the width stands for; fewer values keep to the right. */
  steps: number;
}

const WIDTH = 100;
const HEIGHT = 24;

/** A line without axes; the figure beside it says what it is worth. */
export function Sparkline({ values, least, limit, steps }: SparklineProps) {
  const shown = values.slice(-steps);
  const top = Math.max(least, ...shown.map((value) => value ?? 0)) * 1.05;
  const x = (index: number) => WIDTH - ((shown.length - 1 - index) * WIDTH) / (steps - 1);
  const y = (value: number) => HEIGHT - 1.5 - (value / top) * (HEIGHT - 3);
  let line = '';
  let previous = false;
  shown.forEach((value, index) => {
    if (value !== null) {
      line += `${previous ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    }
    previous = value !== null;
  });
  const last = shown.at(-1);
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {limit !== undefined && limit < top && <path className="sparkline-limit" d={`M0 ${y(limit).toFixed(1)}H${WIDTH}`} />}
      <path className="sparkline-line" d={line} />
      {last !== undefined && last !== null && (
        <path className="sparkline-now" d={`M${WIDTH - 0.01} ${y(last).toFixed(1)}h.01`} />
      )}
    </svg>
  );
}
