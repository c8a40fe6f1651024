import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { createRole, policy } from '../api/access'
import type { PolicyRole } from '../api/types'
import { NewButton } from '../shell/NewButton'
import { Problem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { useAction } from '../shell/toasts'
import { ListPart } from './ListPart'
import { matches } from './matches'
import { holderText } from './resources'
import { RoleDialog } from './RoleDialog'

/** The roles. */
export function RoleList({ onOpen }: { onOpen: (name: string) => void }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const found = useQuery(policy)
  const [words, setWords] = useState('')
  const [adding, setAdding] = useState(false)
  if (problemOf(found)) return <Problem error={found.error} retry={() => void found.refetch()} />
  const roles = found.data?.policy.roles ?? []
  const shown = roles.filter((role) =>
    matches(words, [role.name, role.description, ...(role.members ?? []), ...(role.grants ?? [])]),
  )
  return (
    <div className="stack">
      <div className="row wrap">
        <SearchBox label={t('searchRoles')} style={{ width: 290 }} value={words} onChange={setWords} />
        <span className="faint num" aria-live="polite">
          {found.data && t('rolesCount', { n: shown.length })}
        </span>
        <span className="spacer" />
        <NewButton onClick={() => setAdding(true)}>{t('addRole')}</NewButton>
      </div>
      <TableCard
        columns={[t('name'), t('members'), t('grants')]}
        empty={
          found.isPending ? (
            <p className="empty">{t('loading')}</p>
          ) : (
            shown.length === 0 && <p className="empty">{words ? t('nothingFound') : t('rolesEmpty')}</p>
          )
        }
      >
        <ListPart all={shown} columns={3} row={(role) => <RoleRow key={role.name} role={role} />} />
      </TableCard>
      {adding && (
        <RoleDialog
          close={() => setAdding(false)}
          save={async (name, description) => {
            if (!(await act(() => createRole(name, description)))) return
            await client.invalidateQueries()
            onOpen(name)
          }}
        />
      )}
    </div>
  )
}

function RoleRow({ role }: { role: PolicyRole }) {
  const t = useT()
  const members = role.members ?? []
  const grants = role.grants ?? []
  return (
    <tr>
      <td className="break" style={{ maxWidth: 300 }}>
        <Link style={{ fontWeight: 550 }} to="/access" search={{ tab: 'roles', of: role.name }}>
          {role.name}
        </Link>
        {role.description && <div className="faint">{role.description}</div>}
      </td>
      <td className="soft">
        {members
          .slice(0, 5)
          .map((member) => holderText(member, t))
          .join(t('listSeparator')) || '–'}
        {members.length > 5 && <span className="faint"> +{members.length - 5}</span>}
      </td>
      <td>
        <div className="row wrap" style={{ gap: 4 }}>
          {grants.slice(0, 3).map((grant) => (
            <span key={grant} className="chip mono">
              <span className="ellipsis">{grant}</span>
            </span>
          ))}
          {grants.length > 3 && <span className="faint">+{grants.length - 3}</span>}
          {grants.length === 0 && <span className="faint">–</span>}
        </div>
      </td>
    </tr>
  )
}
