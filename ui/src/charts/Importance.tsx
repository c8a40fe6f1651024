import { useCallback, useMemo } from 'react'
import { useT } from '../shell/settings'
import { type ChartProps } from './axes'
import { dimension, importance } from './data'
import { Plot, type Draw } from './Plot'

/** The importance of parameters for a metric, as bars. */
export function Importance({
  runs,
  layout,
  metric,
  params,
  exports,
}: ChartProps & { metric: string; params: string[] }) {
  const t = useT()
  const rows = useMemo(() => {
    const m = dimension(metric, runs, layout)
    return params
      .map((param) => ({ param, value: importance(dimension(param, runs, layout), m) }))
      .filter((row) => row.value > 0)
      .sort((a, b) => b.value - a.value)
      .slice(0, 15)
  }, [runs, layout, metric, params])
  const step = 24
  const draw = useCallback<Draw>(
    (s, width, _h, ink) => {
      const label = Math.min(150, width * 0.35)
      rows.forEach((row, i) => {
        const y = 8 + i * step
        s.text(label - 8, y + 13, row.param.slice(2).slice(0, 24), { colour: ink.ink, align: 'end', size: 11.5 })
        s.rect(label, y + 2, width - 60 - label, step - 9, { colour: ink.line, alpha: 0.7 })
        s.rect(label, y + 2, Math.max(2, (width - 60 - label) * row.value), step - 9, {
          colour: ink.dark ? '#86aaf2' : '#2d55a6',
          alpha: 0.9,
        })
        s.text(width - 54, y + 13, `${Math.round(row.value * 100)} %`, { colour: ink.soft })
      })
    },
    [rows],
  )
  if (rows.length === 0) return <p className="empty">{t('noPoints')}</p>
  return (
    <>
      <Plot draw={draw} height={rows.length * step + 14} label={t('importance')} exports={exports} />
      <p className="faint" style={{ padding: '0 12px 10px', fontSize: 11.75 }}>
        {t('importanceHint', { n: runs.length })}
      </p>
    </>
  )
}
