import { useId, type ReactNode } from 'react';

interface PanelProps {
  id: string;
  title: string;
  /** Beside the title: a count, a window. */
  note?: ReactNode;
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** One region of the page. */
export function Panel({ id, title, note, actions, className = '', children }: PanelProps) {
  const heading = useId();
  return (
    <section id={id} className={`panel ${className}`} aria-labelledby={heading}>
      <header className="panel-head">
        <h2 id={heading}>{title}</h2>
        {note !== undefined && <span className="panel-note">{note}</span>}
        {actions !== undefined && <span className="panel-actions">{actions}</span>}
      </header>
      {children}
    </section>
  );
}
