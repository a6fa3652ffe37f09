import { useSyncExternalStore } from 'react';
import { Icon } from '../components/Icon';
import { dismiss, getNotices, subscribeNotices } from '../lib/notices';

export function Notices() {
  const notices = useSyncExternalStore(subscribeNotices, getNotices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.id} className="notice">
          <span>{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              className="button"
              onClick={() => {
                notice.action?.run();
                dismiss(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
