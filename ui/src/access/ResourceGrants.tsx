import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { grant, revoke } from '../api/access'
import type { ResourcePermissions } from '../api/types'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { useAction } from '../shell/toasts'
import { GrantRow, type GrantLine } from './GrantRow'
import { HolderForm } from './HolderForm'
import { ListPart } from './ListPart'
import { grantLines } from './grantLines'
import { matches } from './matches'

/** The grants that match a resource, with a form that adds one. */
export function ResourceGrants({
  resource,
  found,
  admin,
}: {
  resource: string
  found: ResourcePermissions
  admin: boolean
}) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const [words, setWords] = useState('')
  const lines = grantLines(found)
  const shown = lines.filter((line) => matches(words, [line.to, line.level, line.resources, ...(line.members ?? [])]))
  const change = (work: () => Promise<unknown>) =>
    act(work).then(async (ok) => {
      for (const key of ['permissions', 'rights', 'explain', 'policy'])
        await client.invalidateQueries({ queryKey: [key] })
      return ok
    })
  const row = (line: GrantLine) => (
    <GrantRow
      key={`${line.to} ${line.resources ?? ''}`}
      line={line}
      onRemove={
        line.resources && (line.own || admin) ? () => void change(() => revoke(line.to, line.resources!)) : undefined
      }
    />
  )
  return (
    <div className="stack">
      <div className="row wrap" style={{ alignItems: 'flex-end' }}>
        <HolderForm onAdd={(to, level) => change(() => grant(to, resource, level))} />
        <span className="spacer" />
        {lines.length > 8 && <SearchBox label={t('search')} style={{ width: 200 }} value={words} onChange={setWords} />}
      </div>
      <TableCard
        columns={[
          t('who'),
          t('level'),
          t('because'),
          <th key="remove">
            <span className="visually-hidden">{t('remove')}</span>
          </th>,
        ]}
        empty={shown.length === 0 && <p className="empty">{t('nothingFound')}</p>}
      >
        <ListPart all={shown} columns={4} row={row} />
      </TableCard>
    </div>
  )
}
