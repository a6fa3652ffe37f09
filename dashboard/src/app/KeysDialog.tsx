import { Modal } from '../components/Modal';

export const KEYS: readonly [string, string][] = [
  ['Space', 'Pause, and go on'],
  ['/', 'Find an agent'],
  ['Enter', 'Open the agent in focus'],
  ['Esc', 'Close what is open'],
  ['j  k', 'Next and previous incident'],
  ['a', 'Acknowledge the incident'],
  ['s', 'Snooze the incident for 30 minutes'],
  ['n', 'Write a note on the incident'],
  ['[  ]', 'Previous and next agent, while one is open'],
  ['c', 'Show yesterday and last week on charts, or leave them out'],
  ['?', 'Show these keys'],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Keys" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split('  ').map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">On a chart, the arrow keys move the cursor and its values are read out.</p>
    </Modal>
  );
}
