import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useRights } from '../access/useRights'
import { gatePolicy } from '../api/governance'
import { type Gate } from '../api/types'
import { Code } from '../shell/Code'
import { ConfirmDelete } from '../shell/Dialog'
import { NewButton } from '../shell/NewButton'
import { Problem, problemOf } from '../shell/Problem'
import { RowMenu } from '../shell/RowMenu'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { useAction } from '../shell/toasts'
import { withoutGate } from './GateDryRun'
import { GateEditor } from './GateEditor'

/** The gates. */
export function GateList() {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const found = useQuery(gatePolicy)
  const [editing, setEditing] = useState<Gate | 'new' | null>(null)
  const [asking, setAsking] = useState<Gate | null>(null)
  const whyNot = useRights('server/*')('manage')
  if (problemOf(found)) return <Problem error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return <p className="empty">{t('loading')}</p>
  const { revision } = found.data
  const all = found.data.gates ?? []
  return (
    <div className="stack">
      <div className="row">
        <p className="soft" style={{ flex: 1 }}>
          {t('gatesLead')}
        </p>
        <NewButton whyNot={whyNot} onClick={() => setEditing('new')}>
          {t('newGate')}
        </NewButton>
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
        <TableCard
          columns={[t('name'), t('models'), `${t('alias')} / ${t('stage')}`, t('condition'), t('approvals'), '']}
        >
          {all.map((gate) => (
            <GateRow
              key={gate.name}
              gate={gate}
              whyNot={whyNot}
              onEdit={() => setEditing(gate)}
              onDelete={() => setAsking(gate)}
            />
          ))}
        </TableCard>
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
        <ConfirmDelete
          title={`${t('delete')}: ${asking.name}`}
          text={t('deleteGateText')}
          close={() => setAsking(null)}
          run={() =>
            void act(() => withoutGate(all, asking.name, revision), t('saved')).then(() => client.invalidateQueries())
          }
        />
      )}
    </div>
  )
}

function GateRow({
  gate,
  whyNot,
  onEdit,
  onDelete,
}: {
  gate: Gate
  whyNot: string | undefined
  onEdit: () => void
  onDelete: () => void
}) {
  const t = useT()
  return (
    <tr>
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
        {gate.approvals ? `${gate.approvals.required}: ${(gate.approvals.from ?? []).join(', ') || t('anybody')}` : '–'}
      </td>
      <td>
        <RowMenu
          title={`${t('options')}: ${gate.name}`}
          items={[
            [t('edit'), onEdit, whyNot],
            [t('delete'), onDelete, whyNot],
          ]}
        />
      </td>
    </tr>
  )
}
