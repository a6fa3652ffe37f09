/** Something that the database keeps as JSON, folded away. */
export function Sample({ value, label, open = false }: { value: unknown; label: string; open?: boolean }) {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) {
    return null;
  }
  return (
    <details className="sample" open={open}>
      <summary>{label}</summary>
      <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}
