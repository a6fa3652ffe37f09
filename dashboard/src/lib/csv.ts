export type Cell = string | number | null | undefined;

/** RFC 4180, with a mark that makes spreadsheets read UTF-8, and cells that no spreadsheet takes for a formula. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return '\ufeff' + [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function cell(value: Cell): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value === 'number') {
    return String(value);
  }
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** view_range_time.csv, safe on every file system. */
export function fileName(parts: readonly string[], ending: string): string {
  return `agentpulse_${parts.map((part) => part.replaceAll(/[^A-Za-z0-9.-]+/g, '-')).join('_')}.${ending}`;
}

export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

export function downloadCsv(name: string, header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  download(name, new Blob([toCsv(header, rows)], { type: 'text/csv;charset=utf-8' }));
}
