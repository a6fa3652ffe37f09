import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

/** Nothing to show: what that means, and what to do next. */
export function Empty({ icon = 'info', title, children }: { icon?: IconName; title: string; children?: ReactNode }) {
  return (
    <div className={`empty ${icon === 'healthy' ? 'is-good' : ''}`}>
      <Icon name={icon} />
      <div>
        <p className="empty-title">{title}</p>
        {children !== undefined && <p>{children}</p>}
      </div>
    </div>
  );
}
