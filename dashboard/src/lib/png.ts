import { download } from './csv';

/** A chart as an image of its own: with its title, its zone and the time up to which it is complete. */
export function downloadPng(chart: HTMLCanvasElement, name: string, title: string, foot: string): void {
  const scale = devicePixelRatio || 1;
  const head = 34 * scale;
  const tail = 26 * scale;
  const canvas = document.createElement('canvas');
  canvas.width = chart.width + 24 * scale;
  canvas.height = chart.height + head + tail;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const style = getComputedStyle(document.documentElement);
  const body = getComputedStyle(document.body);
  context.fillStyle = body.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.color;
  context.font = `600 ${14 * scale}px "Inter Variable", sans-serif`;
  context.fillText(title, 12 * scale, 22 * scale);
  context.drawImage(chart, 12 * scale, head);
  context.font = `${11 * scale}px "Inter Variable", sans-serif`;
  context.globalAlpha = 0.75;
  context.fillText(foot, 12 * scale, canvas.height - 9 * scale);
  canvas.toBlob((blob) => blob && download(name, blob), 'image/png');
}
