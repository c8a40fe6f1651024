import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { applyGates } from '../api/governance'
import { type Gate, type GateChange } from '../api/types'
import { Dialog, DialogActions } from '../shell/Dialog'
import { DraftNotice } from '../shell/DraftNotice'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { useDraft } from '../shell/useDraft'
import { GateChangeCard } from './GateChanges'
import { GateDryRun } from './GateDryRun'
import { fieldsOf, gateOf } from './gateFields'
import { GateForm } from './GateForm'

/**
 * Creates or changes a gate. The changes are previewed before they can be applied, and are applied only if the gates have not changed since.
 *
 * @param all the gates that exist
 * @param revision their revision
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
  const draft = useDraft(`gate.${initial?.name ?? ''}`, fieldsOf(initial), revision)
  const fields = draft.value
  const [changes, setChanges] = useState<GateChange[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const gate = gateOf(fields)
  const next = [...all.filter((one) => one.name !== initial?.name && one.name !== gate.name), gate]
  const complete =
    gate.name && gate.models && (fields.kind === 'stage' || gate.alias) && (gate.require || gate.approvals)
  const leave = () => {
    draft.forget()
    close()
  }
  const look = async () => {
    setError(null)
    try {
      setChanges(await applyGates(next, revision, true))
    } catch (thrown) {
      setError(thrown)
    }
  }
  const apply = () =>
    void act(() => applyGates(next, revision, false), t('saved')).then((ok) => {
      void client.invalidateQueries()
      if (ok) leave()
    })
  return (
    <Dialog title={initial ? `${t('gate')}: ${initial.name}` : t('newGate')} close={close} wide>
      {draft.restored && <DraftNotice onDrop={draft.discard} onKeep={draft.acknowledge} />}
      <div className="block-form">
        <GateForm
          fields={fields}
          onChange={(next) => {
            draft.setValue(next)
            setChanges(null)
          }}
        />
        <div className="stack" style={{ overflow: 'auto', maxHeight: '62vh' }}>
          {error ? <Problem error={error} /> : null}
          {changes?.map((change) => (
            <GateChangeCard key={change.name} change={change} />
          ))}
          {changes?.length === 0 && <p className="soft">{t('nothingChanges')}</p>}
          {gate.require ? <GateDryRun gate={gate} /> : null}
        </div>
      </div>
      <DialogActions close={leave}>
        {changes === null ? (
          <button className="btn primary" disabled={!complete} onClick={() => void look()}>
            {t('showChanges')}
          </button>
        ) : (
          <button className="btn primary" disabled={changes.length === 0} onClick={apply}>
            {t('apply')}
          </button>
        )}
      </DialogActions>
    </Dialog>
  )
}
