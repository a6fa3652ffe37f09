import { Modal } from '../components/Modal';
import { notify } from '../lib/notices';
import { useSetting } from '../lib/settings';
import { notices, sound } from './attention';

export function AttentionDialog({ onClose }: { onClose: () => void }) {
  const [soundOn, setSound] = useSetting(sound);
  const [noticesOn, setNotices] = useSetting(notices);
  const allow = async (wanted: boolean) => {
    if (wanted && (!('Notification' in window) || (await Notification.requestPermission()) !== 'granted')) {
      notify('The browser does not allow notifications from this page.');
      return;
    }
    setNotices(wanted ? 'on' : 'off');
  };
  return (
    <Modal title="Sound and notices" onClose={onClose}>
      <div className="form">
        <label className="check">
          <input type="checkbox" checked={soundOn === 'on'} onChange={(event) => setSound(event.target.checked ? 'on' : 'off')} />
          A short sound when something new goes wrong
        </label>
        <label className="check">
          <input type="checkbox" checked={noticesOn === 'on'} onChange={(event) => void allow(event.target.checked)} />
          A desktop notification while this tab is hidden
        </label>
        <p className="muted">Both are off until you switch them on, and hold for this browser only.</p>
      </div>
    </Modal>
  );
}
