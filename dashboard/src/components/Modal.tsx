import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Icon } from './Icon';

interface ModalProps {
  title: string;
  kind?: 'dialog' | 'drawer';
  onClose: () => void;
  head?: ReactNode;
  children: ReactNode;
}

/** A native dialog: it keeps the focus, closes with Escape and gives the focus back. */
export function Modal({ title: name, kind = 'dialog', onClose, head, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current as HTMLDialogElement;
    const before = document.activeElement as HTMLElement | null;
    if (kind === 'drawer') {
      // The page beside a drawer stays live and usable.
      element.show();
    } else {
      element.showModal();
    }
    title.current?.focus();
    return () => {
      element.close();
      if (before?.isConnected) {
        before.focus();
      }
    };
  }, [kind]);
  return (
    <dialog
      ref={dialog}
      className={kind === 'dialog' ? 'modal' : 'drawer'}
      aria-labelledby={heading}
      onCancel={onClose}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
      onClick={(event) => {
        if (event.target === dialog.current && kind === 'dialog') {
          onClose();
        }
      }}
    >
      <div className="modal-body">
        <header className="modal-head">
          <h2 id={heading} ref={title} tabIndex={-1}>
            {name}
          </h2>
          {head}
          <button type="button" className="icon-button" aria-label="Close" title="Close (Esc)" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
