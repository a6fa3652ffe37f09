import { useRow, useTrainingQuality, type WindowName } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Figure } from '../../components/Figure';
import { HistoryButton } from '../../components/HistoryButton';
import { Panel } from '../../components/Panel';
import { Parts } from '../../components/Parts';
import { Segments } from '../../components/Segments';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, formatPercent, formatScore, NOT_AVAILABLE, plural } from '../../lib/format';
import { useUrl, writeUrl } from '../../lib/url';
import { askWhy } from '../../lib/why';
import { isoWithOffset, useZone } from '../../lib/zone';

const WINDOWS = [
  { value: '1h', label: '1 h' },
  { value: '24h', label: '24 h' },
] as const;
const MOST_LABELS = 6;

export function QualityPanel() {
  const chosen = useUrl('quality') === '1h' ? '1h' : '24h';
  const { quality, annotators } = useTrainingQuality(chosen as WindowName);
  const hour = useRow('training_quality', '1h');
  const zone = useZone();
  const exportCsv = () => {
    if (quality) {
      const { window_start, window_end, label_counts, ...figures } = quality;
      const labels = Object.entries(label_counts);
      downloadCsv(
        fileName(['training-quality', chosen, isoWithOffset(window_end, zone)], 'csv'),
        ['window_start', 'window_end', ...Object.keys(figures), ...labels.map(([label]) => `label: ${label}`)],
        [[isoWithOffset(window_start, zone), isoWithOffset(window_end, zone), ...Object.values(figures), ...labels.map(([, count]) => count)]],
      );
    }
  };
  return (
    <Panel
      id="quality"
      title="Training quality"
      className="quality"
      actions={
        <>
          <Segments
            label="Window"
            value={chosen}
            options={WINDOWS}
            onChange={(window) => writeUrl({ quality: window === '24h' ? null : window })}
          />
          <HistoryButton of="feedback" label="Training quality over hours and days" />
          {quality && <CsvButton label="Training quality as CSV" onExport={exportCsv} />}
        </>
      }
    >
      {!quality || quality.feedback_count === 0 ? (
        <Empty title={chosen === '1h' ? 'No feedback in the last hour.' : 'No feedback in the last day.'}>
          {chosen === '1h' ? 'That is usual: feedback comes now and then. Look at 24 h.' : 'Rows of agent_feedback show up here.'}
        </Empty>
      ) : (
        <div className="quality-body">
          <div className="figures">
            <Figure
              size="large"
              why={{ figure: 'unsafe_rate_pct', window: chosen }}
              label="Unsafe"
              value={formatPercent(quality.unsafe_rate_pct)}
              note={`n = ${formatCount(quality.safe_count + quality.unsafe_count)} reviewed`}
              tone={quality.unsafe_count > 0 && (hour?.unsafe_count ?? 0) > 0 ? 'bad' : undefined}
            />
            <Figure size="large" why={{ figure: 'feedback_count', window: chosen }} label="Feedback" value={formatCount(quality.feedback_count)} note={plural(quality.active_annotator_count, 'annotator')} />
          </div>
          <Parts
            label="Verdicts"
            parts={[
              { label: 'safe', count: quality.safe_count, tone: 'good', why: { figure: 'safe_count', window: chosen } },
              { label: 'unsafe', count: quality.unsafe_count, tone: 'bad', why: { figure: 'unsafe_count', window: chosen } },
              { label: 'not reviewed', count: quality.unreviewed_count, tone: 'none', why: { figure: 'unreviewed_count', window: chosen } },
            ]}
          />
          <div className="rubric">
            <Rubric label="Clarity" figure="avg_clarity" value={quality.avg_clarity} window={chosen} />
            <Rubric label="Accuracy" figure="avg_accuracy" value={quality.avg_accuracy} window={chosen} />
            <Rubric label="Tone" figure="avg_tone" value={quality.avg_tone} window={chosen} />
          </div>
          <Labels counts={quality.label_counts} />
          {annotators.length > 0 && (
            <p className="annotators muted">
              {annotators.slice(0, 5).map((row) => (
                <span key={row.annotator}>
                  {row.annotator} <b className="num">{formatCount(row.feedback_count)}</b>
                </span>
              ))}
            </p>
          )}
        </div>
      )}
    </Panel>
  );
}

function Rubric({ label, figure, value, window }: { label: string; figure: string; value: number | null; window: string }) {
  return (
    <button type="button" className="rubric-row" title={`${label}: where this figure comes from`} onClick={() => askWhy({ figure, window })}>
      <span>{label}</span>
      <span className="rubric-scale" aria-hidden="true">
        {value !== null && <i style={{ left: `${((value - 1) / 4) * 100}%` }} />}
      </span>
      <span className="num">
        {value === null ? NOT_AVAILABLE : formatScore(value, 2)} <span className="muted">of 5</span>
      </span>
    </button>
  );
}

function Labels({ counts }: { counts: Record<string, number> }) {
  const rows = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const most = rows[0]?.[1] ?? 1;
  if (rows.length === 0) {
    return null;
  }
  return (
    <ul className="labels" aria-label="Labels">
      {rows.slice(0, MOST_LABELS).map(([label, count]) => (
        <li key={label}>
          <span className="label-name">{label}</span>
          <span className="label-bar" aria-hidden="true">
            <i style={{ width: `${(100 * count) / most}%` }} />
          </span>
          <span className="num">{formatCount(count)}</span>
        </li>
      ))}
    </ul>
  );
}
