import { type Axis, type Keys } from '../api/types'
import { axisOptions } from '../charts/AxisSwitch'
import type { Width } from '../charts/cards'
import { useT } from '../shell/settings'
import type { BlockFields } from './blockFields'

/** The options of a chart in a report. Lines can be grouped, and have a choice of x axes. */
export function ChartBlockOptions({
  fields: { card, group, axis, width },
  keys,
  onChange,
}: {
  fields: BlockFields
  keys: Keys
  onChange: (next: Partial<BlockFields>) => void
}) {
  const t = useT()
  return (
    <div className="row">
      {card?.type === 'line' && (
        <>
          <label className="field" style={{ flex: 1 }}>
            {t('band')}
            <select className="input" value={group} onChange={(event) => onChange({ group: event.target.value })}>
              <option value="">{t('noGroup')}</option>
              {keys.params.map((key) => (
                <option key={key} value={`p:${key}`}>
                  {key}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            {t('xAxis')}
            <select className="input" value={axis} onChange={(event) => onChange({ axis: event.target.value as Axis })}>
              {axisOptions(t).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
      <label className="field">
        {t('width')}
        <select
          className="input"
          value={width}
          onChange={(event) => onChange({ width: Number(event.target.value) as Width })}
        >
          <option value={12}>{t('wide')}</option>
          <option value={6}>{t('half')}</option>
        </select>
      </label>
    </div>
  )
}
