import { Icon } from './Icon';

/** Saves what a panel shows as a file. */
export function CsvButton({ label, onExport }: { label: string; onExport: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onExport}>
      <Icon name="download" />
    </button>
  );
}
