import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { groups } from '../api/accounts'
import type { Group } from '../api/types'
import { NewButton } from '../shell/NewButton'
import { Problem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { TextDialog } from '../shell/TextDialog'
import { LevelChip } from './LevelChip'
import { ListPart } from './ListPart'
import { matches } from './matches'

/** The groups. A group is there as soon as it has a member, a grant, a role or a default permission. */
export function GroupList({ onOpen }: { onOpen: (name: string) => void }) {
  const t = useT()
  const list = useQuery(groups)
  const [words, setWords] = useState('')
  const [adding, setAdding] = useState(false)
  if (problemOf(list)) return <Problem error={list.error} retry={() => void list.refetch()} />
  const shown = (list.data ?? []).filter((group) => matches(words, [group.name, ...group.members, ...group.roles]))
  return (
    <div className="stack">
      <div className="row wrap">
        <SearchBox label={t('searchGroups')} style={{ width: 250 }} value={words} onChange={setWords} />
        <span className="faint num" aria-live="polite">
          {list.data && t('groupsCount', { n: shown.length })}
        </span>
        <span className="spacer" />
        <NewButton onClick={() => setAdding(true)}>{t('addGroup')}</NewButton>
      </div>
      <TableCard
        columns={[t('name'), t('members'), t('roles'), t('grants'), t('defaultPermission')]}
        empty={
          list.isPending ? (
            <p className="empty">{t('loading')}</p>
          ) : (
            shown.length === 0 && <p className="empty">{words ? t('nothingFound') : t('groupsEmpty')}</p>
          )
        }
      >
        <ListPart all={shown} columns={5} row={(group) => <GroupRow key={group.name} group={group} />} />
      </TableCard>
      {adding && (
        <TextDialog
          title={t('addGroup')}
          label={t('name')}
          action={t('next')}
          maxLength={128}
          close={() => setAdding(false)}
          save={(name) => {
            onOpen(name.trim())
            return Promise.resolve()
          }}
        />
      )}
    </div>
  )
}

function GroupRow({ group }: { group: Group }) {
  const members = group.members
  return (
    <tr>
      <td className="break">
        <Link style={{ fontWeight: 550 }} to="/access" search={{ tab: 'groups', of: group.name }}>
          {group.name}
        </Link>
      </td>
      <td className="soft">
        {members.slice(0, 5).join(', ') || '–'}
        {members.length > 5 && <span className="faint"> +{members.length - 5}</span>}
      </td>
      <td>
        <div className="row wrap" style={{ gap: 4 }}>
          {group.roles.map((role) => (
            <span key={role} className="chip">
              {role}
            </span>
          ))}
        </div>
      </td>
      <td className="num soft" style={{ textAlign: 'left' }}>
        {group.grants.length || '–'}
      </td>
      <td>
        {group.default_permission ? <LevelChip level={group.default_permission} /> : <span className="faint">–</span>}
      </td>
    </tr>
  )
}
