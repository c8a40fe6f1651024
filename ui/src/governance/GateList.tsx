import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { gatePolicy } from '../api/governance'
import { type Gate } from '../api/types'
import { Code } from '../shell/Code'
import { Confirm } from '../shell/Dialog'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { withoutGate } from './GateDryRun'
import { GateEditor } from './GateEditor'

export function GateList() {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const found = useQuery(gatePolicy)
  const [editing, setEditing] = useState<Gate | 'new' | null>(null)
  const [asking, setAsking] = useState<Gate | null>(null)
  if (found.error) return <Problem error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return <p className="empty">{t('loading')}</p>
  const { revision } = found.data
  const all = found.data.gates ?? []
  return (
    <div className="stack">
      <div className="row">
        <p className="soft" style={{ flex: 1 }}>
          {t('gatesLead')}
        </p>
        <button className="btn primary" onClick={() => setEditing('new')}>
          <Icon name="plus" size={13} />
          {t('newGate')}
        </button>
      </div>
      {all.length === 0 ? (
        <div className="stack">
          <p className="soft">{t('noGates')}</p>
          <Code
            text={
              'gates:\n  - name: champion-quality\n    models: iris-*\n    alias: champion\n    require: metrics.accuracy >= 0.90\n\n# kiroku gates apply -f gates.yaml'
            }
          />
        </div>
      ) : (
        <div className="card">
          <table className="plain">
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th>{t('models')}</th>
                <th>
                  {t('alias')} / {t('stage')}
                </th>
                <th>{t('condition')}</th>
                <th>{t('approvals')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {all.map((gate) => (
                <tr key={gate.name}>
                  <td>
                    <strong>{gate.name}</strong>
                    {gate.description && <div className="faint">{gate.description}</div>}
                  </td>
                  <td className="mono">{gate.models}</td>
                  <td>
                    <span className="chip accent">{gate.alias ? `@${gate.alias}` : gate.stage}</span>
                  </td>
                  <td className="mono break">{gate.require ?? '–'}</td>
                  <td>
                    {gate.approvals
                      ? `${gate.approvals.required}: ${(gate.approvals.from ?? []).join(', ') || t('anybody')}`
                      : '–'}
                  </td>
                  <td>
                    <Popover
                      className="btn ghost icon small"
                      title={`${t('options')}: ${gate.name}`}
                      label={<Icon name="more" size={14} />}
                    >
                      {(close) => (
                        <>
                          <MenuItem close={close} onClick={() => setEditing(gate)}>
                            {t('edit')}
                          </MenuItem>
                          <MenuItem close={close} onClick={() => setAsking(gate)}>
                            {t('delete')}
                          </MenuItem>
                        </>
                      )}
                    </Popover>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && (
        <GateEditor
          all={all}
          revision={revision}
          initial={editing === 'new' ? undefined : editing}
          close={() => setEditing(null)}
        />
      )}
      {asking && (
        <Confirm
          title={`${t('delete')}: ${asking.name}`}
          text={t('deleteGateText')}
          action={t('delete')}
          close={() => setAsking(null)}
          run={() =>
            void act(() => withoutGate(all, asking.name, revision), t('saved')).then(() => client.invalidateQueries())
          }
        />
      )}
    </div>
  )
}
