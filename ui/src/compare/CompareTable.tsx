import { useMemo, useState } from 'react'
import { type RunRow } from '../api/types'
import type { RunAppearance } from '../runs/colours'
import { RunNameLink } from '../runs/RunNameLink'
import { keyOf, kindOf, type Layout, type Value } from '../runs/view'
import { duration, instant, number, save, toCsv } from '../shell/format'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { bounds, compareRows, type ComparedRow } from './rows'

/** The maximum number of runs that are shown side by side at once. */
const WINDOW = 60
export function CompareTable({
  runs,
  columns,
  layout,
  looks,
  same,
  onSame,
  onRemove,
}: {
  runs: RunRow[]
  columns: string[]
  layout: Layout
  looks: RunAppearance
  same: boolean
  onSame: (same: boolean) => void
  onRemove: (id: string) => void
}) {
  const t = useT()
  const [from, setFrom] = useState(0)
  const rows = useMemo(() => compareRows(columns, runs, layout), [columns, runs, layout])
  const different = rows.filter((row) => row.differs)
  const equal = rows.filter((row) => !row.differs)
  const shown = runs.slice(from, from + WINDOW)
  const csv = () =>
    save(
      'compare.csv',
      toCsv([
        ['', ...runs.map((run) => run.run_name)],
        ['run_id', ...runs.map((run) => run.run_id)],
        ...rows.map((row) => [keyOf(row.column), ...row.values]),
      ]),
      'text/csv',
    )
  const sections: [string, ComparedRow[]][] = [
    [t('metrics'), different.filter((row) => kindOf(row.column) === 'm')],
    [t('params'), different.filter((row) => kindOf(row.column) === 'p')],
    [t('tags'), different.filter((row) => kindOf(row.column) === 't')],
    ...(same ? [[t('same'), equal] as [string, ComparedRow[]]] : []),
  ]
  return (
    <>
      <div className="bar">
        <label className="row">
          <input type="checkbox" checked={same} onChange={(event) => onSame(event.target.checked)} />
          {t('showSame')} <span className="faint num">{equal.length}</span>
        </label>
        <span className="spacer" />
        <Pager from={from} total={runs.length} onFrom={setFrom} />
        <button className="btn small" onClick={csv}>
          <Icon name="download" size={13} />
          {t('csv')}
        </button>
      </div>
      <div
        className="compare"
        style={{ flex: 1, borderTop: '1px solid var(--line)' }}
        tabIndex={0}
        role="region"
        aria-label={t('differences')}
      >
        <table>
          <thead>
            <tr>
              <th className="key">{t('run')}</th>
              {shown.map((run) => (
                <RunHead
                  key={run.run_id}
                  run={run}
                  colour={looks.colour(run.run_id)}
                  onRemove={() => onRemove(run.run_id)}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th className="key" scope="row">
                {t('started')}
              </th>
              {shown.map((run) => (
                <td key={run.run_id} className="soft num">
                  {instant(run.start_time)}
                </td>
              ))}
            </tr>
            <tr>
              <th className="key" scope="row">
                {t('duration')}
              </th>
              {shown.map((run) => (
                <td key={run.run_id} className="soft num">
                  {run.end_time ? duration(run.end_time - run.start_time, t) : '–'}
                </td>
              ))}
            </tr>
            {sections
              .filter(([, all]) => all.length > 0)
              .map(([title, all]) => [
                <tr key={title} className="section">
                  <th className="key" scope="colgroup">
                    {title} <span className="num">{all.length}</span>
                  </th>
                  {shown.map((run) => (
                    <th key={run.run_id} aria-hidden="true" />
                  ))}
                </tr>,
                ...all.map((row) => <ValueRow key={row.column} row={row} shown={shown} from={from} />),
              ])}
          </tbody>
        </table>
      </div>
    </>
  )
}

export /** A number with a bar that tells where it stands among the others. */
function ComparedValue({ value, spread }: { value: Value; spread: [number, number] | null }) {
  const t = useT()
  if (value === null) return <span className="faint">–</span>
  if (typeof value !== 'number') return <>{value}</>
  const part = spread && spread[1] > spread[0] ? (value - spread[0]) / (spread[1] - spread[0]) : null
  return (
    <span className="row" style={{ gap: 8 }}>
      <span style={{ minWidth: 64 }}>{number(value)}</span>
      {part !== null && (
        <span
          aria-hidden="true"
          style={{ width: 46, height: 4, borderRadius: 2, background: 'var(--hover)', display: 'inline-block' }}
        >
          <span
            style={{
              display: 'block',
              width: `${Math.max(4, part * 100)}%`,
              height: 4,
              borderRadius: 2,
              background: part === 1 || part === 0 ? 'var(--accent)' : 'var(--line-strong)',
            }}
          />
        </span>
      )}
      {part === 1 && (
        <span className="chip accent" style={{ height: 16, fontSize: 10.5 }}>
          {t('max')}
        </span>
      )}
      {part === 0 && (
        <span className="chip" style={{ height: 16, fontSize: 10.5 }}>
          {t('min')}
        </span>
      )}
    </span>
  )
}

function Pager({ from, total, onFrom }: { from: number; total: number; onFrom: (from: number) => void }) {
  if (total <= WINDOW) return null
  return (
    <div className="row num soft">
      <button
        className="btn small icon"
        aria-label="‹"
        disabled={from === 0}
        onClick={() => onFrom(Math.max(0, from - WINDOW))}
      >
        ‹
      </button>
      {from + 1}–{Math.min(total, from + WINDOW)} / {total}
      <button
        className="btn small icon"
        aria-label="›"
        disabled={from + WINDOW >= total}
        onClick={() => onFrom(from + WINDOW)}
      >
        ›
      </button>
    </div>
  )
}

function RunHead({ run, colour, onRemove }: { run: RunRow; colour: string; onRemove: () => void }) {
  const t = useT()
  return (
    <th>
      <span className="row" style={{ gap: 6 }}>
        <span className="swatch" style={{ background: colour }} />
        <RunNameLink className="runname ellipsis" run={run} />
        <button
          className="th-menu"
          aria-label={`${t('remove')}: ${run.run_name}`}
          onClick={onRemove}
          style={{ position: 'static', opacity: 0.6 }}
        >
          <Icon name="close" size={10} />
        </button>
      </span>
    </th>
  )
}

function ValueRow({ row, shown, from }: { row: ComparedRow; shown: RunRow[]; from: number }) {
  const spread = kindOf(row.column) === 'm' ? bounds(row.values) : null
  return (
    <tr>
      <th className="key ellipsis" scope="row" title={keyOf(row.column)}>
        {keyOf(row.column)}
      </th>
      {shown.map((run, i) => {
        const value = row.values[from + i] ?? null
        return (
          <td
            key={run.run_id}
            className={typeof value === 'number' ? 'num' : ''}
            title={value === null ? undefined : String(value)}
          >
            <ComparedValue value={value} spread={spread} />
          </td>
        )
      })}
    </tr>
  )
}
