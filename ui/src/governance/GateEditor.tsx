import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { STAGES } from '../models/Stage'
import { Dialog } from '../shell/Dialog'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useAction } from '../shell/toasts'
import { applyGates, type Gate, type GateChange } from './api'
import { Change } from './GateChanges'
import { DryRun } from './GateDryRun'

/**
 * Makes or changes a gate. Nothing is applied before it was shown what would change, and it is applied only to the gates that were seen.
 *
 * @param all the gates there are
 * @param revision what they are at
 */
export function GateEditor({
  all,
  revision,
  initial,
  close,
}: {
  all: Gate[]
  revision: string
  initial?: Gate
  close: () => void
}) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const [name, setName] = useState(initial?.name ?? '')
  const [models, setModels] = useState(initial?.models ?? '*')
  const [kind, setKind] = useState<'alias' | 'stage'>(initial?.stage ? 'stage' : 'alias')
  const [alias, setAlias] = useState(initial?.alias ?? 'champion')
  const [stage, setStage] = useState(initial?.stage ?? 'Production')
  const [require, setRequire] = useState(initial?.require ?? '')
  const [required, setRequired] = useState(initial?.approvals?.required ?? 0)
  const [from, setFrom] = useState((initial?.approvals?.from ?? []).join(', '))
  const [expire, setExpire] = useState(initial?.approvals?.expire_after ?? '7d')
  const [opens, setOpens] = useState(initial?.approvals?.open_requests ?? true)
  const [description, setDescription] = useState(initial?.description ?? '')
  const [changes, setChanges] = useState<GateChange[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const gate: Gate = {
    name: name.trim(),
    models: models.trim(),
    ...(kind === 'alias' ? { alias: alias.trim() } : { stage }),
    ...(require.trim() ? { require: require.trim() } : {}),
    ...(description.trim() ? { description: description.trim() } : {}),
    ...(required > 0
      ? {
          approvals: {
            required,
            from: from
              .split(/[,\n]/)
              .map((who) => who.trim())
              .filter(Boolean),
            expire_after: expire.trim(),
            open_requests: opens,
          },
        }
      : {}),
  }
  const next = [...all.filter((one) => one.name !== initial?.name && one.name !== gate.name), gate]
  const complete = gate.name && gate.models && (kind === 'stage' || gate.alias) && (gate.require || gate.approvals)
  const text = (label: string, value: string, set: (value: string) => void, hint?: string) => (
    <label className="field" style={{ flex: 1 }}>
      {label}
      <input
        className="input"
        value={value}
        placeholder={hint}
        onChange={(event) => {
          set(event.target.value)
          setChanges(null)
        }}
      />
    </label>
  )
  const look = async () => {
    setError(null)
    try {
      setChanges((await applyGates(next, revision, true)).changes ?? [])
    } catch (thrown) {
      setError(thrown)
    }
  }
  const apply = () =>
    void act(() => applyGates(next, revision, false), t('saved')).then((ok) => {
      void client.invalidateQueries()
      if (ok) close()
    })
  return (
    <Dialog title={initial ? `${t('gate')}: ${initial.name}` : t('newGate')} close={close} wide>
      <div className="block-form">
        <div className="stack" style={{ gap: 12 }}>
          <div className="row">
            {text(t('name'), name, setName, 'champion-quality')}
            {text(t('models'), models, setModels, 'iris-*')}
          </div>
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <Segments
              value={kind}
              label={t('subject')}
              onChange={(value) => {
                setKind(value)
                setChanges(null)
              }}
              options={[
                ['alias', t('alias')],
                ['stage', t('stage')],
              ]}
            />
            {kind === 'alias' ? (
              text(t('alias'), alias, setAlias)
            ) : (
              <label className="field" style={{ flex: 1 }}>
                {t('stage')}
                <select className="input" value={stage} onChange={(event) => setStage(event.target.value)}>
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
              value={require}
              placeholder="metrics.accuracy >= 0.90 AND version.has_signature"
              onChange={(event) => {
                setRequire(event.target.value)
                setChanges(null)
              }}
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
                value={required}
                onChange={(event) => {
                  setRequired(Math.max(0, Number(event.target.value) || 0))
                  setChanges(null)
                }}
              />
            </label>
            {required > 0 && text(t('approvers'), from, setFrom, 'alice, group:ml-leads')}
            {required > 0 && <span style={{ width: 70 }}>{text(t('expires'), expire, setExpire)}</span>}
          </div>
          {required > 0 && (
            <label className="row soft">
              <input
                type="checkbox"
                checked={opens}
                onChange={(event) => {
                  setOpens(event.target.checked)
                  setChanges(null)
                }}
              />
              {t('opensRequests')}
            </label>
          )}
          {text(t('description'), description, setDescription)}
        </div>
        <div className="stack" style={{ overflow: 'auto', maxHeight: '62vh' }}>
          {error ? <Problem error={error} /> : null}
          {changes?.map((change) => (
            <Change key={change.name} change={change} />
          ))}
          {changes?.length === 0 && <p className="soft">{t('nothingChanges')}</p>}
          {gate.require ? <DryRun gate={gate} /> : null}
        </div>
      </div>
      <div className="actions">
        <button className="btn" onClick={close}>
          {t('cancel')}
        </button>
        {changes === null ? (
          <button className="btn primary" disabled={!complete} onClick={() => void look()}>
            {t('showChanges')}
          </button>
        ) : (
          <button className="btn primary" disabled={changes.length === 0} onClick={apply}>
            {t('apply')}
          </button>
        )}
      </div>
    </Dialog>
  )
}
