let known: Map<string, string> | undefined;

function begin(): Map<string, string> {
  const colors = new Map<string, string>();
  const forget = () => colors.clear();
  addEventListener('agentpulse:theme', forget);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget);
  return colors;
}

/**
 * The colour that a custom property holds, for a canvas. Asking the browser makes it compute the page's styles at once, so
 * it is asked once a theme.
 */
export function colorOf(name: string): string {
  known ??= begin();
  const before = known.get(name);
  if (before !== undefined) {
    return before;
  }
  // light-dark() is resolved only where a colour is used.
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.documentElement.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  known.set(name, color);
  return color;
}
