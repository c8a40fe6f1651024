import { useEffect, useState } from 'react'
import { type Keys } from '../api/types'
import { keyOf } from '../runs/view'
import { Choices } from '../shell/Choices'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import type { Card } from './cards'
import { SmoothingSlider } from './SmoothingSlider'

/** The form of a chart. Calls `onCard` with null while the choice is not complete. */
export function ChartForm({
  keys,
  initial,
  onCard,
}: {
  keys: Keys
  initial?: Card
  onCard: (card: Card | null) => void
}) {
  const t = useT()
  const [type, setType] = useState<Card['type']>(initial?.type ?? 'line')
  const columns = [...keys.metrics.map((m) => `m:${m.key}`), ...keys.params.map((p) => `p:${p}`)]
  const metrics = keys.metrics.map((m) => `m:${m.key}`)
  const was = initial && 'x' in initial ? initial : null
  const [x, setX] = useState(was?.x ?? columns.find((c) => c.startsWith('p:')) ?? columns[0] ?? '')
  const [y, setY] = useState(
    was?.y ?? (initial && 'metric' in initial ? initial.metric : undefined) ?? metrics[0] ?? '',
  )
  const [colour, setColour] = useState(
    (initial && 'colour' in initial ? initial.colour : undefined) ?? metrics[0] ?? '',
  )
  const [many, setMany] = useState<string[]>(
    initial?.type === 'line'
      ? initial.metrics.map((key) => `m:${key}`)
      : initial?.type === 'parallel'
        ? initial.axes
        : [],
  )
  const [logY, setLogY] = useState(initial && 'logY' in initial ? initial.logY === true : false)
  const [smooth, setSmooth] = useState(initial?.type === 'line' ? (initial.smooth ?? 0) : 0)
  const pick = (label: string, value: string, options: string[], set: (value: string) => void) => (
    <label className="field">
      {label}
      <select className="input" value={value} onChange={(event) => set(event.target.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {keyOf(option)}
          </option>
        ))}
      </select>
    </label>
  )
  const [made] = useState(() => Date.now())
  const id = `${type} ${made}`
  const make = (): Card | null => {
    switch (type) {
      case 'line':
        return many.length
          ? { id, type, metrics: many.map(keyOf), w: 6, ...(logY ? { logY } : {}), ...(smooth ? { smooth } : {}) }
          : null
      case 'bar':
        return { id, type, metric: y, w: 6 }
      case 'scatter':
        return { id, type, x, y, w: 6 }
      case 'contour':
        return { id, type, x, y, colour, w: 6 }
      case 'parallel':
        return many.length > 1 ? { id, type, axes: many, colour, w: 12 } : null
      case 'importance':
        return { id, type, metric: y, w: 6 }
    }
  }
  const card = JSON.stringify(make())
  useEffect(() => onCard(JSON.parse(card) as Card | null), [card, onCard])
  return (
    <>
      <Segments
        value={type}
        label={t('addChart')}
        onChange={setType}
        options={[
          ['line', t('line')],
          ['bar', t('bar')],
          ['scatter', t('scatter')],
          ['contour', t('contour')],
        ]}
      />
      <Segments
        value={type}
        label={t('addChart')}
        onChange={setType}
        options={[
          ['parallel', t('parallel')],
          ['importance', t('importance')],
        ]}
      />
      {(type === 'line' || type === 'parallel') && (
        <Choices
          label={type === 'line' ? t('metrics') : t('axes')}
          options={type === 'line' ? metrics : columns}
          chosen={many}
          text={keyOf}
          onChange={setMany}
        />
      )}
      {(type === 'scatter' || type === 'contour') && pick(t('xAxis'), x, columns, setX)}
      {(type === 'scatter' || type === 'contour') && pick(t('yAxis'), y, columns, setY)}
      {(type === 'contour' || type === 'parallel') && pick(t('colourBy'), colour, metrics, setColour)}
      {type === 'line' && (
        <div className="row wrap" style={{ gap: 16 }}>
          <label className="row soft">
            <input type="checkbox" checked={logY} onChange={(event) => setLogY(event.target.checked)} />
            {t('logY')}
          </label>
          <label className="row soft">
            {t('smoothing')}
            <SmoothingSlider value={smooth} onChange={setSmooth} />
          </label>
        </div>
      )}
      {(type === 'bar' || type === 'importance') && pick(t('metric'), y, metrics, setY)}
    </>
  )
}
