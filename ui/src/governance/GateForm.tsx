import { STAGES } from '../models/Stage'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import type { GateFields } from './gateFields'

/** The form of a gate. */
export function GateForm({ fields, onChange }: { fields: GateFields; onChange: (fields: GateFields) => void }) {
  const t = useT()
  const set = (next: Partial<GateFields>) => onChange({ ...fields, ...next })
  const text = (
    label: string,
    field: 'name' | 'models' | 'alias' | 'from' | 'expire' | 'description',
    placeholder?: string,
  ) => (
    <label className="field" style={{ flex: 1 }}>
      {label}
      <input
        className="input"
        value={fields[field]}
        placeholder={placeholder}
        onChange={(event) => set({ [field]: event.target.value })}
      />
    </label>
  )
  return (
    <div className="stack" style={{ gap: 12 }}>
      <div className="row">
        {text(t('name'), 'name', 'champion-quality')}
        {text(t('models'), 'models', 'iris-*')}
      </div>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <Segments
          value={fields.kind}
          label={t('subject')}
          onChange={(value) => set({ kind: value })}
          options={[
            ['alias', t('alias')],
            ['stage', t('stage')],
          ]}
        />
        {fields.kind === 'alias' ? (
          text(t('alias'), 'alias')
        ) : (
          <label className="field" style={{ flex: 1 }}>
            {t('stage')}
            <select className="input" value={fields.stage} onChange={(event) => set({ stage: event.target.value })}>
              {STAGES.filter((one) => one !== 'None').map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <label className="field">
        {t('condition')}
        <textarea
          className="input"
          rows={4}
          value={fields.require}
          placeholder="metrics.accuracy >= 0.90 AND version.has_signature"
          onChange={(event) => set({ require: event.target.value })}
        />
      </label>
      <div className="row">
        <label className="field">
          {t('approvals')}
          <input
            className="input"
            type="number"
            min={0}
            max={100}
            style={{ width: 76 }}
            value={fields.required}
            onChange={(event) => set({ required: Math.max(0, Number(event.target.value) || 0) })}
          />
        </label>
        {fields.required > 0 && text(t('approvers'), 'from', 'alice, group:ml-leads, role:approvers')}
        {fields.required > 0 && <span style={{ width: 70 }}>{text(t('expires'), 'expire')}</span>}
      </div>
      {fields.required > 0 && (
        <label className="row soft">
          <input type="checkbox" checked={fields.opens} onChange={(event) => set({ opens: event.target.checked })} />
          {t('opensRequests')}
        </label>
      )}
      <label className="row soft">
        <input type="checkbox" checked={fields.freeze} onChange={(event) => set({ freeze: event.target.checked })} />
        {t('freezesRun')}
      </label>
      {text(t('description'), 'description')}
    </div>
  )
}
