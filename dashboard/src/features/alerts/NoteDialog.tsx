import { useState } from 'react';
import { MOST_NOTE_CHARACTERS, noteIncident, useLiveSource, type IncidentNote } from '@agentpulse/react';
import { Modal } from '../../components/Modal';
import { dayAndMinute, useZone } from '../../lib/zone';
import { incidentTitle, type Incident } from './incidents';

export function NoteList({ notes }: { notes: readonly IncidentNote[] }) {
  const zone = useZone();
  return (
    <ol className="note-list">
      {notes.map(({ note_id, note, noted_by, noted_at }) => (
        <li key={note_id}>
          <p className="note-head">
            <b>{noted_by}</b> <time className="num muted">{dayAndMinute(noted_at, zone)}</time>
          </p>
          <p className="note-text">{note}</p>
        </li>
      ))}
    </ol>
  );
}

/** What was noted on an incident, and a new note. */
export function NoteDialog({ incident, notes, onClose }: { incident: Incident; notes: readonly IncidentNote[]; onClose: () => void }) {
  const live = useLiveSource();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async () => {
    setBusy(true);
    const result = await noteIncident(live, incident.alertIds[0] as string, text.trim());
    setBusy(false);
    if (result.ok) {
      onClose();
    } else {
      setProblem(result.reason === 'denied' ? `You may not write notes: ${result.message}` : result.message);
    }
  };
  return (
    <Modal title={incidentTitle(incident)} onClose={onClose}>
      {notes.length > 0 && <NoteList notes={notes} />}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '' && !busy) {
            void send();
          }
        }}
      >
        <label>
          Note <span className="muted">with your name and the time, for everybody who sees the incident</span>
          <textarea value={text} rows={3} maxLength={MOST_NOTE_CHARACTERS} onChange={(event) => setText(event.target.value)} />
        </label>
        {problem !== null && (
          <p className="form-problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button primary" disabled={busy || text.trim() === ''}>
          Keep the note
        </button>
      </form>
    </Modal>
  );
}
