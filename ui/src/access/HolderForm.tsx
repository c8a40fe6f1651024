import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { userNames } from '../api/accounts'
import { useT } from '../shell/settings'
import { LevelSelect } from './LevelSelect'

/** A form that grants a level to a user or a group. */
export function HolderForm({ onAdd }: { onAdd: (to: string, level: string) => Promise<boolean> }) {
  const t = useT()
  const id = useId()
  const users = useQuery(userNames)
  const [kind, setKind] = useState('user')
  const [name, setName] = useState('')
  const [level, setLevel] = useState('READ')
  return (
    <form
      className="row wrap form-line"
      onSubmit={(event) => {
        event.preventDefault()
        void onAdd(`${kind}:${name.trim()}`, level).then((ok) => ok && setName(''))
      }}
    >
      <label className="field">
        {t('kind')}
        <select className="input" value={kind} onChange={(event) => setKind(event.target.value)}>
          <option value="user">{t('user')}</option>
          <option value="group">{t('group')}</option>
        </select>
      </label>
      <label className="field">
        {t('name')}
        <input
          className="input"
          list={kind === 'user' ? id : undefined}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <datalist id={id}>
        {(users.data ?? []).slice(0, 500).map((user) => (
          <option key={user} value={user} />
        ))}
      </datalist>
      <LevelSelect value={level} onChange={setLevel} />
      <button className="btn primary" disabled={!name.trim()}>
        {t('addGrant')}
      </button>
    </form>
  )
}
